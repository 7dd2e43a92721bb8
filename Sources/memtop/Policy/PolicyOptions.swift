import ArgumentParser
import Glibc
import MemtopConf
import MemtopCore

/// Which policy advice goes by.
struct PolicyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The policy; default /etc/memtop.conf, where it exists.", valueName: "file"),
    completion: .file())
  var policy: String?

  func read() throws(Failure) -> PolicySet { try Self.read(policy) }

  /// A link that leads nowhere is there: whoever made it does not want to go without a policy.
  private static func isThere(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 || errno != ENOENT
  }

  /// A standard file that is not there is no policy; one that was named must be.
  static func read(_ named: String?) throws(Failure) -> PolicySet {
    let path = named ?? PolicyFile.standardPath
    if named == nil, !isThere(path) { return .standard }
    do throws(ConfError) {
      return try PolicyFile.read(path)
    } catch {
      let hint = named == nil ? " (--policy /dev/null goes without)" : ""
      throw Failure(line: error.description + hint, status: .badData)
    }
  }
}
