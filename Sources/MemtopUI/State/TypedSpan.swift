import MemtopCore

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
