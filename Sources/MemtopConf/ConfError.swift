import MemtopCore

/// What is wrong with a configuration file, by file and line.
package struct ConfError: Error, CustomStringConvertible, Sendable {
  /// Safe to print.
  package let path: String
  /// From 1; nil where it is the whole file.
  package let line: Int?
  /// What is wrong, as the end of a sentence whose subject is the line.
  package let what: String

  package init(_ path: String, _ line: Int?, _ what: String) {
    self.path = path
    self.line = line
    self.what = what
  }

  /// A key that its section does not take.
  package init(unknown entry: INIFile.Entry, known: [String], _ path: String) {
    self.init(
      path, entry.line,
      "unknown key \"\(Self.shown(entry.name))\"; known keys: \(known.joined(separator: ", "))")
  }

  /// A value that its key does not take, and why.
  package init(_ entry: INIFile.Entry, _ why: String, _ path: String) {
    self.init(path, entry.line, "\(entry.name) = \(Self.shown(entry.value)): \(why)")
  }

  /// "/etc/memtop.conf:12: unknown key \"florr\"; …"
  package var description: String { path + (line.map { ":\($0)" } ?? "") + ": " + what }

  /// A path or a value as it may be printed.
  package static func shown(_ text: String) -> String {
    SafeText.escaped(Array(text.utf8), limit: 200)
  }
}
