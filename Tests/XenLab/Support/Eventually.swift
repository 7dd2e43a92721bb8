import Foundation

struct TimedOut: Error, CustomStringConvertible { let description: String }

/// Looks again and again until `look` finds what is waited for; what it last saw is told if it never
/// does. Emulation is slow and its host may be busy: the limit is for giving up.
func eventually<Found>(
  _ what: String, within seconds: Double = 60, saw: () -> String = { "" },
  _ look: () throws -> Found?
) throws -> Found {
  let end = Date().addingTimeInterval(seconds)
  while true {
    if let found = try look() { return found }
    guard Date() < end else {
      throw TimedOut(description: "not within \(seconds) s: \(what)\n\(saw())")
    }
    usleep(100_000)
  }
}
