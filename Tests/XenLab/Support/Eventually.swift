import Foundation

struct TimedOut: Error, CustomStringConvertible { let description: String }

/// Looks again and again until `look` finds what is waited for; what it last saw is told if it never
/// does. The limit is for giving up, and in the emulated machine's own time.
///
/// A look takes the machine's only processor from what is waited for: the pause after it is as long.
func eventually<Found>(
  _ what: String, within seconds: Double = 120, saw: () -> String = { "" },
  _ look: () throws -> Found?
) throws -> Found {
  var patience = MachinePatience(seconds: seconds)
  while true {
    let time = MachineTime()
    if let found = try look() { return found }
    guard patience.lasts() else {
      throw TimedOut(description: "not within \(seconds) s: \(what)\n\(saw())")
    }
    usleep(UInt32(min(1, max(0.1, time.seconds)) * 1_000_000))
  }
}

extension Lab {
  /// Shell text that waits for a condition, and ends the shell with 1 where it does not come in time.
  static func wait(until condition: String, within seconds: Int = 180) -> String {
    let most = seconds * 20
    return "waited=0; until { \(condition); } || [ $((waited += 1)) -gt \(most) ]; do"
      + " usleep 50000; done; [ $waited -le \(most) ] || exit 1"
  }
}
