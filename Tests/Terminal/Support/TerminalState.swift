import Foundation

/// What a terminal has been told to be, as the last word on each.
struct TerminalState: Equatable {
  var otherScreen: Bool
  var cursorHidden: Bool
  var pasteMarked: Bool

  static let whole = TerminalState(otherScreen: false, cursorHidden: false, pasteMarked: false)
  static let inUse = TerminalState(otherScreen: true, cursorHidden: true, pasteMarked: true)

  init(otherScreen: Bool, cursorHidden: Bool, pasteMarked: Bool) {
    self.otherScreen = otherScreen
    self.cursorHidden = cursorHidden
    self.pasteMarked = pasteMarked
  }

  init(after sent: [UInt8]) {
    let text = String(decoding: sent, as: UTF8.self)
    func last(_ on: String, over off: String) -> Bool {
      let on = text.range(of: "\u{1B}[?" + on, options: .backwards)?.lowerBound
      let off = text.range(of: "\u{1B}[?" + off, options: .backwards)?.lowerBound
      guard let on else { return false }
      return off.map { $0 < on } ?? true
    }
    otherScreen = last("1049h", over: "1049l")
    cursorHidden = last("25l", over: "25h")
    pasteMarked = last("2004h", over: "2004l")
  }
}
