/// What memtop changes about the terminal beside its picture, and how each change is undone.
///
/// curses has its own way to do that, which leaves traces: a region to scroll for a size that it does
/// not know, a designated character set, a cursor that no longer blinks, a reset palette. So curses
/// only draws, and this is sent before and after.
struct Takeover {
  let hideCursor: [UInt8]
  let showCursor: [UInt8]

  /// Of the terminal that curses draws on.
  init() { (hideCursor, showCursor) = Self.cursor }

  /// Takes the terminal, whose screen has so many rows.
  func begin(rows: Int) -> [UInt8] { Self.all("smcup") + renew(rows: rows) }

  /// Takes what another program may have changed since `begin`; the place to go back to stays.
  func renew(rows: Int) -> [UInt8] {
    Self.ordinaryWriting + Self.all("sgr0") + Self.wholeRegion(rows) + hideCursor + Self.pasteOn
  }

  /// The terminal has so many rows now. Moves the cursor.
  func resize(rows: Int) -> [UInt8] { Self.wholeRegion(rows) }

  /// Gives the terminal back, in whatever state a sequence that was cut has left it.
  func end(rows: Int) -> [UInt8] {
    Self.ordinaryWriting + Self.all("op", "sgr0") + Self.wholeRegion(rows) + showCursor
      + Self.pasteOff + Self.oldScreen(rows)
  }

  /// Bracketed paste; a terminal that does not know it ignores it, as it does with any private mode.
  private static let pasteOn = Array("\u{1B}[?2004h".utf8)
  private static let pasteOff = Array("\u{1B}[?2004l".utf8)

  private static func all(_ names: String...) -> [UInt8] {
    names.flatMap { Capability.sequence($0) ?? [] }
  }

  /// Characters replace others, and a line that is full goes on in the next: curses switches that for
  /// a moment to draw with.
  private static var ordinaryWriting: [UInt8] {
    all("rmir") + (Capability.sequence("rmam") == nil ? [] : all("smam"))
  }

  /// Lets the whole screen scroll; where the terminal allows, without naming a size that may change.
  private static func wholeRegion(_ rows: Int) -> [UInt8] {
    let named = Capability.sequence("csr", 0, rows - 1) ?? []
    return named == Array("\u{1B}[1;\(rows)r".utf8) ? Array("\u{1B}[r".utf8) : named
  }

  /// Nearly every description sets more than whether the cursor is seen, such as whether it blinks.
  private static var cursor: (hide: [UInt8], show: [UInt8]) {
    let hide = Capability.sequence("civis") ?? []
    let dec = Array("\u{1B}[?25l".utf8)
    guard hide.starts(with: dec) else { return (hide, Capability.sequence("cnorm") ?? []) }
    return (dec, Array("\u{1B}[?25h".utf8))
  }

  /// Where the screen stays when memtop ends, the shell's prompt gets the last line for its own.
  private static func oldScreen(_ rows: Int) -> [UInt8] {
    Capability.sequence("rmcup")
      ?? (Capability.sequence("cup", rows - 1, 0) ?? []) + (Capability.sequence("el") ?? [])
  }
}
