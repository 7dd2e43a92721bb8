import Glibc
import MemtopCore

/// The bytes of a file that an operator named. It may be a pipe, as in `--policy <(…)`; one
/// without a writer is not waited for.
enum TextFile {
  /// Files larger than this are no policies and no scenarios.
  private static let largest = 1 << 20
  /// How long a pipe may say nothing.
  private static let patience: Int32 = 3_000

  static func contents(of path: String) throws(ConfError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else { throw failure(path, errno) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: largest + 1)
    var count = 0
    while count < bytes.count {
      try wait(for: file, path)
      let got = bytes.withUnsafeMutableBytes {
        read(file, $0.baseAddress! + count, $0.count - count)
      }
      if got < 0, errno == EINTR || errno == EAGAIN { continue }
      guard got >= 0 else { throw failure(path, errno) }
      if got == 0 { break }
      count += got
    }
    guard count <= largest else {
      throw ConfError(
        ConfError.shown(path), nil, "is larger than 1 MiB, too large for a configuration file")
    }
    return Array(bytes[..<count])
  }

  /// Without this, a FIFO without a writer would read as empty.
  private static func wait(for file: Int32, _ path: String) throws(ConfError) {
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { return }
    var news = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
    guard poll(&news, 1, patience) == 0 else { return }
    throw ConfError(
      ConfError.shown(path), nil,
      "is not a regular file, and nothing was written into it for \(patience / 1000) seconds")
  }

  private static func failure(_ path: String, _ code: Int32) -> ConfError {
    ConfError(ConfError.shown(path), nil, "cannot be read: \(String(cString: strerror(code)))")
  }
}

/// What an editor may put before a text to say how it is encoded.
enum ByteOrderMark {
  private static let utf8: [UInt8] = [0xEF, 0xBB, 0xBF]
  private static let utf16: [[UInt8]] = [[0xFF, 0xFE], [0xFE, 0xFF]]

  /// The text behind the mark of UTF-8, which means nothing.
  static func removed(from text: [UInt8], path: String) throws(ConfError) -> ArraySlice<UInt8> {
    if text.starts(with: utf8) { return text.dropFirst(utf8.count) }
    guard !utf16.contains(where: text.starts) else {
      throw ConfError(path, nil, "is UTF-16; save it as UTF-8")
    }
    return text[...]
  }
}

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
    let value = entry.value.isEmpty ? "" : " \(Self.shown(entry.value))"
    let hasOtherComment = entry.value.contains(" #") || entry.value.contains("\t#")
    let reason = hasOtherComment ? "a comment after a value begins with ;" : why
    self.init(path, entry.line, "\(entry.name) =\(value): \(reason)")
  }

  /// "/etc/memtop.conf:12: unknown key \"florr\"; …"
  package var description: String { path + (line.map { ":\($0)" } ?? "") + ": " + what }

  /// A path or a value as it may be printed.
  package static func shown(_ text: String) -> String {
    SafeText.escaped(Array(text.utf8), limit: 200)
  }
}
