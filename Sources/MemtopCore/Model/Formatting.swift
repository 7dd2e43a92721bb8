/// The one way memtop writes an amount for people: binary units, at most five columns and a unit.
extension Bytes {
  /// Three significant digits and a unit: "0", "512K", "96.0M", "1.20G", "9.75G", "48.2G", "1023M".
  ///
  /// Never wider than six columns for amounts below 10 PiB; negative amounts carry a "-".
  public var short: String {
    if count < 0 { return "-" + Bytes(-max(count, -.max)).short }
    if count == 0 { return "0" }
    let units: [(shift: Int64, letter: String)] = [(10, "K"), (20, "M"), (30, "G"), (40, "T")]
    if count < 1024 { return "\(count)B" }
    for (shift, letter) in units {
      let unit = Int64(1) << shift
      let hundredths = Self.scaled(count, 100, unit)
      if letter == "K" || letter == "M" {
        // Whole KiB and MiB: fractions of them move too much to be read.
        let whole = Self.scaled(count, 1, unit)
        if whole < 1024 { return "\(whole)\(letter)" }
        continue
      }
      if hundredths < 1000 { return Self.decimal(hundredths, places: 2) + letter }
      let tenths = Self.scaled(count, 10, unit)
      if tenths < 1000 { return Self.decimal(tenths, places: 1) + letter }
      let whole = Self.scaled(count, 1, unit)
      if whole < 1024 || letter == "T" { return "\(whole)\(letter)" }
    }
    return "\(count >> 40)T"
  }

  /// `value · factor / unit`, rounded to nearest, without overflow.
  private static func scaled(_ value: Int64, _ factor: Int64, _ unit: Int64) -> Int64 {
    let (whole, rest) = value.quotientAndRemainder(dividingBy: unit)
    return whole * factor + (rest * factor + unit / 2) / unit
  }

  private static func decimal(_ value: Int64, places: Int) -> String {
    let unit: Int64 = places == 2 ? 100 : 10
    let fraction = value % unit
    return "\(value / unit)." + (places == 2 && fraction < 10 ? "0" : "") + "\(fraction)"
  }
}

extension Span {
  /// An age in at most four columns: "4s", "59s", "12m", "3h", "2d".
  public var short: String {
    let seconds = max(0, wholeSeconds)
    if seconds < 100 { return "\(seconds)s" }
    if seconds < 100 * 60 { return "\(seconds / 60)m" }
    if seconds < 100 * 3600 { return "\(seconds / 3600)h" }
    return "\(seconds / 86400)d"
  }
}
