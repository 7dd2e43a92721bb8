import CLinux
import Glibc
import Testing

@testable import TestSupport

@Suite("the system's log", .timeLimit(.minutes(30))) struct SystemLogTests {
  @Test("it is there where something takes lines at its socket", arguments: [false, true])
  func isThere(isStream: Bool) throws {
    let directory = try TextfileDirectory()
    let path = directory.path + "/log"
    #expect(!mt_log_is_there(path))
    let end = socket(AF_UNIX, Int32((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(end, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0 && (!isStream || listen(end, 1) == 0))
    #expect(mt_log_is_there(path))
    close(end)
    #expect(!mt_log_is_there(path))
  }
}
