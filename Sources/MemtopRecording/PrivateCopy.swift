import Glibc

/// A copy of a database and of what a writer left beside it, in the directory for temporary files;
/// removed with this object.
final class PrivateCopy {
  let path: String
  private let directory: String

  private static let ends = ["", "-wal", "-journal"]

  /// The database and what lies beside it with something in it.
  static func parts(of path: String) -> [String] {
    ends.filter { size(path + $0) ?? 0 > 0 }
  }

  init(_ original: String) throws(DatabaseError) {
    let root = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(root)/memtop-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw DatabaseError(
        "cannot read it without a copy", code: Format.uncopied,
        message: "no directory can be made in \(root): \(errorText(errno)); set TMPDIR")
    }
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = directory + "/recording"
    do throws(DatabaseError) {
      try copyAll(original)
    } catch {
      remove()
      throw error
    }
  }

  deinit { remove() }

  private func remove() {
    for end in Self.ends + ["-shm"] { unlink(path + end) }
    rmdir(directory)
  }

  /// Again where it was written meanwhile; whoever writes without end is not waited for.
  private func copyAll(_ original: String) throws(DatabaseError) {
    for _ in 0..<5 {
      let before = Self.state(original)
      for end in Self.ends {
        unlink(path + end)
        if Self.size(original + end) ?? 0 > 0 { try Self.copy(original + end, path + end) }
      }
      if Self.state(original) == before { return }
    }
  }

  private static func size(_ path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : nil
  }

  /// Changes when any part is written.
  private static func state(_ path: String) -> [Int64] {
    ends.flatMap { end in
      var status = stat()
      guard stat(path + end, &status) == 0 else { return [0, 0, 0] as [Int64] }
      return [Int64(status.st_size), Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec)]
    }
  }

  private static func copy(_ from: String, _ to: String) throws(DatabaseError) {
    let source = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    defer { if source >= 0 { close(source) } }
    let target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    defer { if target >= 0 { close(target) } }
    var copied = source >= 0 && target >= 0 ? 1 : -1
    while copied > 0 { copied = sendfile(target, source, nil, 1 << 24) }
    guard copied == 0 else {
      throw DatabaseError(
        "cannot read it without a copy", code: Format.uncopied,
        message: "copying it to \(to) failed: \(errorText(errno))")
    }
  }
}
