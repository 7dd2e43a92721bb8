/// Why a command ends without having done its work: one line, and the exit status.
struct Failure: Error {
  var line: String
  var status: Status

  /// Exit statuses, as memtop(8) lists them.
  enum Status: Int32 {
    case failed = 1
    case refused = 2
    case notFollowed = 3
    case usage = 64
    /// A file is not what it should be.
    case badData = 65
    case noHost = 69
    /// Somebody else records into the file, or regulates the host.
    case taken = 73
    case noPermission = 77
  }
}
