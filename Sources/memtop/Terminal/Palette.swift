@preconcurrency import CNcurses
import MemtopCore
import MemtopSystem
import MemtopUI

/// How the roles of text look on this terminal: in 256 colours, in 8, or with attributes alone.
///
/// Colour only adds to words, signs and places; whoever cannot see it misses nothing. Blue against
/// yellow carries what red against green would, for those who cannot tell these apart.
struct Palette {
  struct Look: Hashable {
    var attributes: attr_t = 0
    /// A colour pair of curses; 0 is the terminal's own.
    var pair: Int16 = 0
  }

  private var looks = [Look](repeating: Look(), count: Ink.allCases.count)

  /// Call after `newterm`. `isColourful` is false where NO_COLOR is set.
  init(isColourful: Bool) {
    let colours = isColourful && has_colors() ? Self.start() : 0
    for ink in Ink.allCases {
      let recipe = Self.recipe(ink)
      var look = Look(attributes: colours > 0 ? recipe.coloured : recipe.plain)
      let colour = colours >= 256 ? recipe.of256 : recipe.of8
      if colours >= 8, colour >= 0 {
        look.pair = Int16(ink.rawValue) + 1
        init_pair(look.pair, colour, -1)
      }
      if colours >= 256 { look.attributes &= ~CN_A_DIM }
      looks[Int(ink.rawValue)] = look
    }
  }

  private static func start() -> Int32 {
    guard start_color() == OK else { return 0 }
    _ = use_default_colors()
    return cn_colors()
  }

  func look(_ style: Style) -> Look {
    var look = looks[Int(style.ink.rawValue)]
    if style.isBold { look.attributes |= CN_A_BOLD }
    if style.isReversed { look.attributes |= CN_A_REVERSE }
    if style.isUnderlined { look.attributes |= CN_A_UNDERLINE }
    return look
  }

  private struct Recipe {
    var of8: Int16 = -1
    var of256: Int16 = -1
    /// Attributes beside a colour, and where there are none.
    var coloured: attr_t = 0
    var plain: attr_t = 0

    init(_ of8: Int32 = -1, _ of256: Int16 = -1, coloured: attr_t = 0, plain: attr_t = 0) {
      self.of8 = Int16(of8)
      self.of256 = of256
      self.coloured = coloured
      self.plain = plain
    }
  }

  private static func recipe(_ ink: Ink) -> Recipe {
    switch ink {
    case .plain: Recipe()
    case .dim: Recipe(-1, 245, coloured: CN_A_DIM, plain: CN_A_DIM)
    case .strong: Recipe(coloured: CN_A_BOLD, plain: CN_A_BOLD)
    case .title: Recipe(COLOR_CYAN, 80, coloured: CN_A_BOLD, plain: CN_A_BOLD)
    case .good: Recipe(COLOR_GREEN, 114)
    case .notice: Recipe(COLOR_CYAN, 80)
    case .warning: Recipe(COLOR_YELLOW, 221, plain: CN_A_BOLD)
    case .alarm: Recipe(COLOR_RED, 203, coloured: CN_A_BOLD, plain: CN_A_BOLD | CN_A_REVERSE)
    case .accent: Recipe(COLOR_CYAN, 117, plain: CN_A_BOLD)
    case .cursor: Recipe(coloured: CN_A_REVERSE, plain: CN_A_REVERSE)
    case .barBusy: Recipe(COLOR_BLUE, 75, plain: CN_A_BOLD)
    case .barCache: Recipe(COLOR_CYAN, 109)
    case .barFree: Recipe(-1, 242, coloured: CN_A_DIM, plain: CN_A_DIM)
    case .barDom0: Recipe(COLOR_MAGENTA, 176, plain: CN_A_BOLD)
    case .barGuests: Recipe(COLOR_BLUE, 75)
    case .barXen: Recipe(-1, 242, coloured: CN_A_DIM, plain: CN_A_DIM)
    case .staged: Recipe(COLOR_YELLOW, 221, coloured: CN_A_BOLD, plain: CN_A_BOLD | CN_A_UNDERLINE)
    }
  }
}

/// What the terminal's description (terminfo(5)) says of it; only after `newterm`.
enum Capability {
  /// A sequence by its name, without padding; nil where the terminal lacks it.
  static func sequence(_ name: String) -> [UInt8]? {
    tigetstr(name).flatMap { isAbsent($0) ? nil : unpadded($0) }
  }

  /// A sequence with two numbers in it.
  static func sequence(_ name: String, _ first: Int, _ second: Int) -> [UInt8]? {
    guard let format = tigetstr(name), !isAbsent(format) else { return nil }
    return cn_with_numbers(format, first, second).map(unpadded)
  }

  /// A number by its name; 0 or less where the description has none.
  static func number(_ name: String) -> Int { Int(tigetnum(name)) }

  /// -1, for a name that is no string's.
  private static func isAbsent(_ string: UnsafePointer<CChar>) -> Bool {
    Int(bitPattern: string) == -1
  }

  /// `$<5>` is a pause for terminals of old (terminfo(5), Delays and Padding).
  private static func unpadded(_ string: UnsafePointer<CChar>) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = String(cString: string).utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "$"), rest.first == UInt8(ascii: "<"),
        let end = rest.firstIndex(of: UInt8(ascii: ">"))
      {
        rest = rest[rest.index(after: end)...]
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }
}
