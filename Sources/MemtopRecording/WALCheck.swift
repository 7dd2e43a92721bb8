import Glibc

/// Whether a WAL holds more than SQLite will read of it: it reads up to the first frame that is not
/// as it was written, and says nothing of those after (sqlite.org/fileformat2.html, "WAL File Format").
///
/// A frame that a killed writer or a power failure cut short is the last of its WAL; where one that
/// ends a transaction comes after it, what it ended is missing.
struct WALCheck {
  private static let headerSize = 32
  private static let frameHeaderSize = 24
  private static let mostBytes = 16 << 20

  /// In one line, what is missing; nil where nothing is, or where somebody writes it at this moment.
  static func missing(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let before = state(descriptor)
    // Opening must not take long.
    guard let size = before.first, size <= mostBytes else { return nil }
    let missing = missing(path, descriptor)
    return state(descriptor) == before ? missing : nil
  }

  private static func state(_ descriptor: Int32) -> [Int] {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return [] }
    return [Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
  }

  private static func missing(_ path: String, _ descriptor: Int32) -> String? {
    var header = [UInt8](repeating: 0, count: headerSize)
    guard pread(descriptor, &header, headerSize, 0) == headerSize else { return nil }
    return WALCheck(header).map { $0.missing(descriptor) }
      ?? "the newest samples cannot be read (the beginning of \(path) is damaged)"
  }

  private let isBigEndian: Bool
  private let pageSize: Int
  private let salt: ArraySlice<UInt8>
  private let sums: (UInt32, UInt32)

  /// nil where the header is not one.
  private init?(_ header: [UInt8]) {
    let magic = Self.word(header, 0)
    guard magic & ~1 == 0x377F_0682 else { return nil }
    isBigEndian = magic & 1 == 1
    pageSize = Int(Self.word(header, 8))
    guard (512...65_536).contains(pageSize) else { return nil }
    salt = header[16..<24]
    sums = Self.sum(header[0..<24], after: (0, 0), isBigEndian)
    guard sums == (Self.word(header, 24), Self.word(header, 28)) else { return nil }
  }

  private func missing(_ descriptor: Int32) -> String? {
    let size = Self.frameHeaderSize + pageSize
    var frame = [UInt8](repeating: 0, count: size)
    var sums = sums
    var number = 0
    var firstBad: Int?
    while pread(descriptor, &frame, size, off_t(Self.headerSize + number * size)) == size {
      number += 1
      // What follows is of a WAL before this one.
      guard frame[8..<16] == salt else {
        if firstBad == nil { firstBad = number }
        continue
      }
      if let firstBad {
        guard Self.word(frame, 4) != 0 else { continue }
        return
          "some of the newest samples are missing (power failed, or the WAL is damaged at frame "
          + "\(firstBad))"
      }
      sums = Self.sum(frame[0..<8], after: sums, isBigEndian)
      sums = Self.sum(frame[Self.frameHeaderSize...], after: sums, isBigEndian)
      if sums != (Self.word(frame, 16), Self.word(frame, 20)) { firstBad = number }
    }
    return nil
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    UInt32(bytes[offset]) << 24 | UInt32(bytes[offset + 1]) << 16 | UInt32(bytes[offset + 2]) << 8
      | UInt32(bytes[offset + 3])
  }

  private static func sum(
    _ bytes: ArraySlice<UInt8>, after: (UInt32, UInt32), _ isBigEndian: Bool
  ) -> (UInt32, UInt32) {
    bytes.withUnsafeBytes { raw in
      var (one, two) = after
      for offset in stride(from: 0, to: raw.count - 7, by: 8) {
        let first = raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        let second = raw.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
        one &+= (isBigEndian ? first.byteSwapped : first) &+ two
        two &+= (isBigEndian ? second.byteSwapped : second) &+ one
      }
      return (one, two)
    }
  }
}

/// Whether a recording lacks its WAL: its last samples are in there until memtop ends it, and a copy of
/// the file alone, made meanwhile, has none of them.
enum MissingWAL {
  /// Says so of a file whose header names a WAL, beside which none has anything in it, and that nobody
  /// is recording into. Asked before SQLite opens the file: closing a descriptor of it later would drop
  /// SQLite's locks.
  static func isMissing(_ path: String) -> Bool {
    var wal = stat()
    guard stat(path + "-wal", &wal) != 0 || wal.st_size == 0 else { return false }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var versions = [UInt8](repeating: 0, count: 2)
    // sqlite.org/fileformat2.html, "File format version numbers".
    guard pread(descriptor, &versions, 2, 18) == 2, versions == [2, 2] else { return false }
    return flock(descriptor, LOCK_SH | LOCK_NB) == 0
  }
}

extension RecordingFile {
  /// Why there is less in it than was recorded, in one line; nil where nothing says so.
  package var shortfall: String? {
    guard lacksWAL else { return nil }
    let wal = "\(path)-wal"
    guard range == nil else {
      return "\(path) was not closed, and \(wal) is missing: a copy made while memtop recorded "
        + "lacks the newest samples"
    }
    return "\(path) holds no samples: it was copied while memtop recorded, and the samples are in "
      + "\(wal), which must be copied with it (memtop-recording(5) says how)"
  }

  /// Throws where there is no sample that could be shown.
  package func requireSamples() throws(RecordingError) {
    guard range == nil else { return }
    if let damage = damage.first {
      throw RecordingError(.damaged, "\(path) is damaged: no sample can be read (\(damage))")
    }
    throw RecordingError(.foreign, shortfall ?? "\(path) holds no samples yet")
  }
}
