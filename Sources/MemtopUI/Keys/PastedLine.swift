import MemtopCore

/// Pasted text as one line: lines are joined by a blank, tabs are blanks, and control characters and
/// what has no width are left out, as where text is typed.
struct PastedLine: Sendable {
  private var scalars = String.UnicodeScalarView()
  private var utf8 = UTF8Collector()
  /// A line has ended, and another has yet to begin.
  private var isBetweenLines = false
  /// More is not kept: no line that is typed is longer.
  private static let longest = 1000

  var text: String { String(scalars) }

  mutating func take(_ byte: UInt8) {
    guard case .scalar(let scalar) = utf8.take(byte) else { return }
    switch scalar {
    case "\n", "\r": isBetweenLines = !scalars.isEmpty
    case "\t": add(" ")
    default:
      if !TextWidth.isControl(scalar), TextWidth.columns(of: scalar) > 0 { add(scalar) }
    }
  }

  private mutating func add(_ scalar: Unicode.Scalar) {
    guard scalars.count < Self.longest else { return }
    if isBetweenLines { scalars.append(" ") }
    isBetweenLines = false
    scalars.append(scalar)
  }
}
