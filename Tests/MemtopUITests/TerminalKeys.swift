import MemtopCore
import MemtopUI
import Testing

/// What the keys of real terminals send, as terminfo and their manuals have it.
struct TerminalKey: CustomTestStringConvertible, Sendable {
  var terminal: String
  var bytes: [UInt8]
  var key: Key?

  init(_ terminal: String, _ bytes: String, _ key: Key?) {
    self.terminal = terminal
    self.bytes = Array(bytes.utf8)
    self.key = key
  }

  /// Whether it is a control string rather than a key: a reply.
  var isString: Bool { bytes.count > 1 && "]PX^_".utf8.contains(bytes[1]) }

  var testDescription: String {
    "\(terminal) \(bytes.map { $0 == 0x1B ? "ESC" : String(Unicode.Scalar($0)) }.joined(separator: " "))"
  }

  static let all: [TerminalKey] = terminals.flatMap { terminal, keys in
    keys.map { TerminalKey(terminal, "\u{1B}" + $0.0, $0.1) }
  }

  private static let terminals: [(String, [(String, Key?)])] = [
    ("xterm", xterm), ("xterm with modifiers", modified), ("linux", linux), ("screen", screen),
    ("tmux", screen), ("rxvt", rxvt), ("vt100", vt100), ("reports", reports),
  ]

  private static let editing: [(String, Key?)] = [
    ("[2~", .insert), ("[3~", .delete), ("[5~", .pageUp), ("[6~", .pageDown),
  ]

  private static let highFunctions: [(String, Key?)] = [
    ("[15~", .f(5)), ("[17~", .f(6)), ("[18~", .f(7)), ("[19~", .f(8)), ("[20~", .f(9)),
    ("[21~", .f(10)), ("[23~", .f(11)), ("[24~", .f(12)),
  ]

  private static let vtFunctions: [(String, Key?)] = [
    ("OP", .f(1)), ("OQ", .f(2)), ("OR", .f(3)), ("OS", .f(4)),
  ]

  private static let xterm: [(String, Key?)] =
    editing + highFunctions + vtFunctions + [
      ("[A", .up), ("[B", .down), ("[C", .right), ("[D", .left), ("[H", .home), ("[F", .end),
      ("OA", .up), ("OB", .down), ("OC", .right), ("OD", .left), ("OH", .home), ("OF", .end),
      ("[E", nil), ("OE", nil), ("[Z", nil), ("OM", .enter), ("Oj", nil), ("Ok", nil),
    ]

  private static let modified: [(String, Key?)] =
    (2...8).flatMap { modifier in
      [
        ("[1;\(modifier)A", .up), ("[1;\(modifier)D", .left), ("[1;\(modifier)H", .home),
        ("[5;\(modifier)~", .pageUp), ("[3;\(modifier)~", .delete), ("[1;\(modifier)P", nil),
        ("[19;\(modifier)~", nil), ("O\(modifier)A", .up),
      ]
    } + [
      ("[27;5;99~", .control("C")), ("[99;5u", .control("C")), ("[27u", .escape),
      ("[13u", .enter), ("[27;2;13~", nil), ("[97u", nil), ("[93u", nil), ("[97;1:3u", nil),
      ("[1;1:3A", nil),
    ]

  private static let linux: [(String, Key?)] =
    editing + highFunctions + [
      ("[[A", .f(1)), ("[[B", .f(2)), ("[[C", .f(3)), ("[[D", .f(4)), ("[[E", .f(5)),
      ("[A", .up), ("[B", .down), ("[C", .right), ("[D", .left), ("[1~", .home), ("[4~", .end),
      ("[G", nil), ("[25~", .f(13)), ("[26~", .f(14)), ("[28~", .f(15)), ("[34~", .f(20)),
    ]

  private static let screen: [(String, Key?)] =
    editing + highFunctions + vtFunctions + [
      ("OA", .up), ("OB", .down), ("OC", .right), ("OD", .left), ("[A", .up), ("[1~", .home),
      ("[4~", .end), ("[Z", nil),
    ]

  private static let rxvt: [(String, Key?)] =
    editing + highFunctions + [
      ("[7~", .home), ("[8~", .end), ("[a", .up), ("[b", .down), ("[c", .right), ("[d", .left),
      ("Oa", .up), ("Ob", .down), ("Oc", .right), ("Od", .left), ("[5^", .pageUp),
      ("[6$", .pageDown), ("[7@", .home), ("[3$", .delete), ("[11~", .f(1)), ("[14~", .f(4)),
      ("[19^", nil), ("[23$", nil), ("OM", .enter), ("Ow", nil),
    ]

  private static let vt100: [(String, Key?)] =
    vtFunctions + [
      ("OA", .up), ("OB", .down), ("[C", .right), ("[D", .left), ("OM", .enter), ("Op", nil),
      ("Oq", nil), ("Om", nil), ("Ol", nil), ("On", nil),
    ]

  private static let reports: [(String, Key?)] = [
    ("[M !!", nil), ("[Mq]]", nil), ("[<0;10;10M", nil), ("[<0;10;10m", nil), ("[32;9;9M", nil),
    ("[I", nil), ("[O", nil), ("[?1;2c", nil), ("[>0;276;0c", nil), ("[24;80R", nil),
    ("[?2026;2$y", nil), ("]11;rgb:0000/0000/0000\u{7}", nil), ("]52;c;cXVpdA==\u{1B}\\", nil),
    ("P1$r0m\u{1B}\\", nil), ("_Gi=1;OK\u{1B}\\", nil), ("^private\u{1B}\\", nil),
    ("Xstart\u{1B}\\", nil), ("[200~]]yes\r\u{1B}[201~", .pasted("]]yes")),
  ]
}
