import Glibc

/// A copy of a database and of what a writer left beside it, for as long as it takes to open it.
///
/// SQLite needs the names no longer then, and a copy without a name goes with the process that reads it,
/// however that ends.
///
/// In the directory for temporary files; root's in its own, since whoever may write into a shared one could
/// remove it, or put something else in its place.
struct PrivateCopy {
  private let path: String
  private let directory: String

  private static let ends = ["", "-wal", "-journal"]

  /// The database and what lies beside it with something in it.
  static func parts(of path: String) -> [String] {
    ends.filter { size(path + $0) ?? 0 > 0 }
  }

  /// Opens a copy with `open`.
  ///
  /// - Parameter root: the directory in which it is made.
  static func opened(
    _ original: String, in root: String = place,
    _ open: (_ path: String) throws(DatabaseError) -> Database
  ) throws(DatabaseError) -> Database {
    // A signal that ends the program waits until the copy is removed.
    let before = Distrust.holdSignals()
    defer { Distrust.letSignals(before) }
    let copy = try PrivateCopy(in: root)
    defer { copy.remove() }
    try copy.copyAll(original)
    return try open(copy.path)
  }

  private init(in root: String) throws(DatabaseError) {
    var template = Array("\(root)/memtop-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw DatabaseError(
        "cannot read it without a copy", code: Format.uncopied,
        message: "no directory can be made in \(root): \(errorText(errno))"
          + (geteuid() == 0 ? "" : "; set TMPDIR"))
    }
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = directory + "/recording"
  }

  /// The directory of the recorder's service is root's. It is made where there is none.
  private static let ofRoot = "/var/lib/memtop"

  private static var place: String {
    let said = getenv("TMPDIR").map { String(cString: $0) }
    guard geteuid() == 0 else { return said ?? "/tmp" }
    if let said, isRoots(said) { return said }
    mkdir(ofRoot, 0o700)
    return ofRoot
  }

  private static func isRoots(_ directory: String) -> Bool {
    var status = stat()
    return lstat(directory, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      && status.st_uid == 0 && status.st_mode & 0o022 == 0
  }

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
    while copied > 0, !Distrust.isEndWanted { copied = sendfile(target, source, nil, 1 << 24) }
    if copied > 0 { throw DatabaseError.interruption }
    guard copied == 0 else {
      throw DatabaseError(
        "cannot read it without a copy", code: Format.uncopied,
        message: "copying it to \(to) failed: \(errorText(errno))")
    }
  }
}
