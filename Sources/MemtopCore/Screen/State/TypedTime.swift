extension Span {
  /// "2", "0.5", "500ms", "10s", "5m", "2h": seconds where no unit is named; nil for anything else.
  package init?(typed text: String) {
    let units: [(String, Int64)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]
    let unit = units.first { text.hasSuffix($0.0) } ?? ("", 1000)
    let digits = text.dropLast(unit.0.count)
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, digits.utf8.count <= 9, let whole = Self.digits(parts[0]) else {
      return nil
    }
    var milliseconds = whole * unit.1
    if parts.count == 2 {
      guard let tenths = Self.digits(parts[1].prefix(3)) else { return nil }
      let scale: Int64 = [0, 10, 100, 1000][min(3, parts[1].count)]
      milliseconds += tenths * unit.1 / scale
    }
    self.init(milliseconds: milliseconds)
  }

  private static func digits(_ text: Substring) -> Int64? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
  }

  /// "1s", "0.5s", "1m 30s".
  var exact: String {
    if milliseconds % 1000 != 0 {
      let hundredths = milliseconds % 1000 / 10
      let fraction = hundredths % 10 == 0 ? "\(hundredths / 10)" : Clock.two(hundredths)
      return "\(milliseconds / 1000).\(fraction)s"
    }
    let seconds = wholeSeconds
    if seconds < 60 { return "\(seconds)s" }
    return seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds / 60)m \(seconds % 60)s"
  }
}

extension WallTime {
  /// "14:02" and "14:02:11" are the last such time before now, in local time; "-5m" is so long ago.
  init?(typed text: String, now: WallTime, utcOffset: Span) {
    if text.hasPrefix("-") {
      guard let ago = Span(typed: String(text.dropFirst())) else { return nil }
      self = now + ago * -1
      return
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
    guard parts.count == 2 || parts.count == 3,
      let hour = parts[0], let minute = parts[1], let second = parts.count == 3 ? parts[2] : 59,
      (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second)
    else { return nil }
    let day: Int64 = 86_400_000
    let local = now.milliseconds + utcOffset.milliseconds
    let midnight = local - ((local % day) + day) % day
    var wanted = midnight + ((hour * 60 + minute) * 60 + second) * 1000 + 999
    // With no seconds given the minute that is still running is meant.
    if wanted - (parts.count == 2 ? 60_000 : 0) > local { wanted -= day }
    self.init(milliseconds: wanted - utcOffset.milliseconds)
  }
}

/// The time of day as the screen writes it.
enum Clock {
  /// "14:02:11" in local time.
  static func text(_ time: WallTime, utcOffset: Span) -> String {
    let day: Int64 = 86_400
    let local = (time.milliseconds + utcOffset.milliseconds).quotientAndFloor(1000)
    let seconds = ((local % day) + day) % day
    return two(seconds / 3600) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60)
  }

  static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension Int64 {
  /// Division that rounds towards minus infinity: there were times before 1970.
  fileprivate func quotientAndFloor(_ divisor: Int64) -> Int64 {
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? quotient - 1 : quotient
  }
}
