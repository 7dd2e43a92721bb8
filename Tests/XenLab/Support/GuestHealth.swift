import Foundation

/// What was seen of the standing guests: which domain each is, and how long its console's log was.
struct Lives {
  struct Life: Equatable {
    var domid: Int
    var consoleBytes: Int
  }

  var guests: [String: Life] = [:]
  /// How often Xen's log tells of a triple fault, of any domain.
  var tripleFaults = 0
}

/// The lab watches its guests: one that died by the emulated machine is no failure of memtop's.
extension Lab {
  func rememberLives() throws {
    let seen = try look()
    lives.withLock { $0 = seen }
  }

  private func look() throws -> Lives {
    let answer = try text(
      """
      echo $(xl dmesg | grep -c 'Triple fault')
      for guest in \(standing.joined(separator: " ")); do
        echo $guest $(xs domid $guest 2>/dev/null || echo -1) \
          $(wc -c </var/log/xen/console/guest-$guest.log)
      done
      """)
    var lives = Lives()
    for words in answer.split(separator: "\n").map({ $0.split(separator: " ").map(String.init) }) {
      let numbers = words.compactMap { Int($0) }
      if words.count == 1 { lives.tripleFaults = numbers.first ?? 0 }
      if words.count == 3, numbers.count == 2 {
        lives.guests[words[0]] = Lives.Life(domid: numbers[0], consoleBytes: numbers[1])
      }
    }
    return lives
  }

  /// What the emulated machine broke since the guests were last known to live; nil where it broke
  /// nothing, or where a guest may have died because memtop took its memory. Guests that died are there
  /// again afterwards.
  func machineFailure() throws -> String? {
    let before = lives.withLock { $0 }
    let now = try look()
    let dead = standing.filter { now.guests[$0]?.domid != before.guests[$0]?.domid }
    let deaths = try dead.map { try death(of: $0, before: before) }
    try restore(dead)
    try rememberLives()
    if deaths.contains(where: \.isOfMemory) { return nil }
    if now.tripleFaults > before.tripleFaults {
      return try text("xl dmesg | grep 'Triple fault' | tail -n 1")
    }
    return zip(dead, deaths).map { "\($0): \($1)" }.first
  }

  private func death(of guest: String, before: Lives) throws -> GuestDeath {
    let life = before.guests[guest] ?? Lives.Life(domid: -1, consoleBytes: 0)
    return GuestDeath.judge(
      domid: life.domid, xen: try text("xl dmesg"),
      console: try text(
        "tail -c +\(life.consoleBytes + 1) /var/log/xen/console/guest-\(guest).log"))
  }

  private func restore(_ guests: [String]) throws {
    guard !guests.isEmpty else { return }
    print(try text("guest-await \(guests.joined(separator: " "))"))
  }
}
