import ArgumentParser
import Glibc
import MemtopConf
import MemtopCore

/// Which policy advice goes by.
struct PolicyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The policy; /etc/memtop.conf if not said and there.", valueName: "file"),
    completion: .file())
  var policy: String?

  func read() throws(Failure) -> PolicySet { try Self.read(policy) }

  /// A standard file that is not there is no policy; one that was named must be.
  static func read(_ named: String?) throws(Failure) -> PolicySet {
    let path = named ?? PolicyFile.standardPath
    if named == nil, access(path, F_OK) != 0, errno == ENOENT { return .standard }
    do throws(ConfError) {
      return try PolicyFile.read(path)
    } catch {
      let hint = named == nil ? " (--policy /dev/null goes without)" : ""
      throw Failure(line: error.description + hint, status: .badData)
    }
  }
}
