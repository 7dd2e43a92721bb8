import MemtopCore
import MemtopUI

/// What stands for text that was cut.
enum CutSign {
  static let ofOutput = (TerminalLocale.adopt() ? GlyphSet.unicode : .ascii).ellipsis
}
