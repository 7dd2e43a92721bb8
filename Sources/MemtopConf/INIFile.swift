import CInih
import MemtopCore

/// A text of sections and `name = value` lines, read with libinih: `;` and `#` begin comments.
///
/// Bytes are checked before libinih sees them: what it would cut or skip in silence (long lines,
/// long names, control bytes) is an error here, with its line.
package struct INIFile: Sendable {
  /// A `[name]` and what follows it, no name twice. Sections come in the file's order; one that is
  /// opened twice comes twice.
  package struct Section: Sendable {
    package let name: String
    package let line: Int
    package internal(set) var entries: [Entry] = []
  }

  package struct Entry: Sendable {
    package let name: String
    package let value: String
    package let line: Int
  }

  /// As it was given, safe to print.
  package let path: String
  package private(set) var sections: [Section] = []

  /// Reads the file at `path`.
  ///
  /// - Throws: `ConfError` with the file, and the line where there is one.
  package init(_ path: String) throws(ConfError) {
    try self.init(text: TextFile.contents(of: path), path: path)
  }

  /// The same of a text that is at hand.
  ///
  /// - Throws: `ConfError` with the line: it is too long, holds a NUL or another control character, or has
  ///   none of the three forms.
  package init(text: [UInt8], path: String) throws(ConfError) {
    self.path = ConfError.shown(path)
    let lines = try Self.lines(of: text, path: self.path)
    var parse = Parse(path: self.path, lines: lines)
    let failedLine = withUnsafeMutablePointer(to: &parse) { parse in
      cinih_parse(Parse.readLine, parse, Parse.take, parse)
    }
    if let error = parse.error { throw error }
    guard failedLine == 0 else {
      let number = max(1, Int(failedLine))
      let what = "is neither [section], nor name = value, nor a comment"
      throw ConfError(self.path, number, what + Parse.quoted(lines, number))
    }
    sections = parse.sections
  }

  /// Each line with its end and a NUL, as libinih's reader wants it.
  private static func lines(of text: [UInt8], path: String) throws(ConfError) -> [[CChar]] {
    var lines: [[CChar]] = []
    let text = try ByteOrderMark.removed(from: text, path: path)
    for (index, line) in text.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
      func problem(_ what: String) -> ConfError { ConfError(path, index + 1, what) }
      guard line.count < Int(CINIH_LONGEST_LINE) - 3 else { throw problem("is too long") }
      guard !line.contains(0) else { throw problem("holds a NUL byte") }
      if let byte = foreignControl(in: line) {
        throw problem("holds the control character \(byte); delete it")
      }
      guard String(validating: line, as: UTF8.self) != nil else { throw problem("is not UTF-8") }
      lines.append(line.map { CChar(bitPattern: $0) } + [10, 0])
    }
    return lines
  }
}

extension INIFile {
  /// The first control byte of a line that is neither a tab nor the CR before its end, such as
  /// `\x0c`. libinih takes some of them for blanks, also before a `[` (isspace).
  private static func foreignControl(in line: ArraySlice<UInt8>) -> String? {
    let text = line.last == 0x0D ? line.dropLast() : line
    let foreign = text.first { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }
    return foreign.map { SafeText.escaped([$0]) }
  }
}

/// What libinih's callbacks work on.
private struct Parse {
  let path: String
  let lines: [[CChar]]
  /// How many have been given out; the last of them is the one that is told of.
  var given = 0
  var sections: [INIFile.Section] = []
  var error: ConfError?

  /// libinih cuts longer names (MAX_SECTION, MAX_NAME of ini.c).
  static let longestName = 48

  init(path: String, lines: [[CChar]]) {
    self.path = path
    self.lines = lines
  }

  static let readLine: ini_reader = { buffer, room, stream in
    guard let buffer, let parse = stream?.assumingMemoryBound(to: Parse.self) else { return nil }
    guard parse.pointee.given < parse.pointee.lines.count, parse.pointee.error == nil else {
      return nil
    }
    let line = parse.pointee.lines[parse.pointee.given]
    parse.pointee.given += 1
    parse.pointee.noteSection(line)
    // The heap buffer holds every line that came through the check.
    for (index, byte) in line.prefix(Int(room) - 1).enumerated() { buffer[index] = byte }
    buffer[min(line.count - 1, Int(room) - 1)] = 0
    return buffer
  }

  static let take: ini_handler = { user, section, name, value in
    guard let parse = user?.assumingMemoryBound(to: Parse.self), let section, let name, let value
    else { return 0 }
    return parse.pointee.add(
      String(cString: section), String(cString: name), String(cString: value)) ? 1 : 0
  }

  /// ": a line's beginning", of a line by its number.
  static func quoted(_ lines: [[CChar]], _ number: Int) -> String {
    guard lines.indices.contains(number - 1) else { return "" }
    let bytes = lines[number - 1].dropLast(2).map { UInt8(bitPattern: $0) }
    let text = bytes.last == 13 ? Array(bytes.dropLast()) : bytes
    return ": " + SafeText.escaped(text, limit: 60)
  }

  /// libinih tells of a section by its first entry only: an empty one, or one that is opened again,
  /// is noticed here.
  private mutating func noteSection(_ line: [CChar]) {
    let text = line.dropLast(2).map { UInt8(bitPattern: $0) }.drop { $0 == 0x20 || $0 == 9 }
    guard text.first == UInt8(ascii: "["), let end = text.firstIndex(of: UInt8(ascii: "]")) else {
      return
    }
    let name = String(decoding: text[(text.startIndex + 1)..<end], as: UTF8.self)
    guard name.utf8.count <= Self.longestName else {
      error = ConfError(
        path, given, "has a section name of more than \(Self.longestName) bytes")
      return
    }
    let rest = text[(end + 1)...].drop { $0 == 0x20 || $0 == 9 || $0 == 13 }
    if let next = rest.first, next != UInt8(ascii: ";"), next != UInt8(ascii: "#") {
      error = ConfError(
        path, given, "has something after the ] of its section" + Self.quoted(lines, given))
      return
    }
    sections.append(INIFile.Section(name: name, line: given))
  }

  private mutating func add(_ section: String, _ name: String, _ value: String) -> Bool {
    guard error == nil else { return false }
    guard !sections.isEmpty else {
      error = ConfError(
        path, given, "comes before the first [section]" + Self.quoted(lines, given))
      return false
    }
    // Both have read the same [section], or a key would get into another one unnoticed.
    guard sections[sections.count - 1].name == section else {
      error = ConfError(
        path, given, "is in a section that cannot be read" + Self.quoted(lines, given))
      return false
    }
    if let first = sections[sections.count - 1].entries.first(where: { $0.name == name }) {
      error = ConfError(
        path, given, "\(ConfError.shown(name)) is given twice: first in line \(first.line)")
      return false
    }
    guard name.utf8.count <= Self.longestName else {
      error = ConfError(path, given, "is a name of more than \(Self.longestName) bytes")
      return false
    }
    sections[sections.count - 1].entries.append(
      INIFile.Entry(name: name, value: value, line: given))
    return true
  }
}
