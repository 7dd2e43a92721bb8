/// What operators' terminals send that is no character: keys, reports and replies.
enum Presses {
  /// Of every terminal together, since any of them may sit behind any TERM.
  static let all: [[UInt8]] = {
    var all = Set(reports.map { Array($0.utf8) })
    for term in [
      "xterm-256color", "xterm-mono", "linux", "screen-256color", "tmux-256color", "vt100",
    ] {
      for (name, sequence) in (try? TerminfoKeys(of: term).sequences) ?? [:] where name != "kmous" {
        all.insert(sequence)
        all.insert(otherMode(sequence))
      }
    }
    all.formUnion(modified.map { Array($0.utf8) })
    return all.filter { $0.count > 1 }.sorted { $0.lexicographicallyPrecedes($1) }
  }()

  /// The keys that stage: F7 and F8, alike on all these terminals.
  static let meant = ["\u{1B}[18~", "\u{1B}[19~"].map { Array($0.utf8) }

  /// As sent in normal rather than in application mode.
  private static func otherMode(_ sequence: [UInt8]) -> [UInt8] {
    sequence.starts(with: "\u{1B}O".utf8) ? Array("\u{1B}[".utf8) + sequence.dropFirst(2) : sequence
  }

  private static let modified = (2...8).flatMap { modifier in
    ["A", "B", "C", "D", "H", "F", "P", "Q", "R", "S"].map { "\u{1B}[1;\(modifier)\($0)" }
      + [2, 3, 5, 6, 15, 17, 18, 19, 20, 21, 23, 24].map { "\u{1B}[\($0);\(modifier)~" }
  }

  /// Mouse reports of three protocols, focus, and answers to what another program asked.
  private static let reports = [
    "\u{1B}[M ]]", "\u{1B}[M#[e", "\u{1B}[<0;93;91M", "\u{1B}[<0;93;91m", "\u{1B}[<64;1;1M",
    "\u{1B}[32;93;91M", "\u{1B}[I", "\u{1B}[O", "\u{1B}[?1;2c", "\u{1B}[>41;354;0c",
    "\u{1B}[24;80R", "\u{1B}[8;24;80t", "\u{1B}[?2026;2$y", "\u{1B}]11;rgb:ffff/eeee/0000\u{7}",
    "\u{1B}]10;rgb:aaaa/eeee/0000\u{1B}\\", "\u{1B}P>|XTerm(390)\u{1B}\\",
    "\u{1B}P1+r544e=787465726d\u{1B}\\", "\u{1B}]52;c;XV0K\u{7}",
  ]
}
