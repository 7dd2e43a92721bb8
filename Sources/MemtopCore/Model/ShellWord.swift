/// Quotes a word of a command that the user can paste into a shell.
package enum ShellWord {
  /// As it is where no shell would make anything of it, else in single quotes.
  static func quoted(_ word: String) -> String {
    guard word.isEmpty || !word.utf8.allSatisfy(isPlain) else { return word }
    let pieces = word.split(separator: "'", omittingEmptySubsequences: false)
    return "'" + pieces.joined(separator: #"'\''"#) + "'"
  }

  /// What names a domain to memtop: its domid where its name would be taken for something else.
  package static func domain(_ name: String, _ id: DomainID) -> String {
    let isNumber = name.utf8.allSatisfy { (0x30...0x39).contains($0) }
    let isTaken = name.hasPrefix("-") || isNumber || name == "dom0" || DomainUUID(name) != nil
    return isTaken ? "\(id.domid)" : quoted(name)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "-_./:@%+,".utf8.contains(byte)
    }
  }
}
