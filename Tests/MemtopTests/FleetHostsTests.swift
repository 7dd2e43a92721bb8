import Foundation
import Testing

@Suite("several hosts over ssh", .timeLimit(.minutes(30)))
struct FleetHostsTests {
  private static let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// Whether there is what the script needs, or why it is left out was printed.
  private func hasAll() throws -> Bool {
    let check =
      #"test "$(id -u)" = 0 && test -x /usr/sbin/sshd && command -v tmux python3 ssh ip pgrep"#
    guard try Program.shell(check).status == 0 else {
      print(
        "skipped: several hosts over ssh: not root, or no sshd, ssh, tmux, python3, ip or pgrep")
      return false
    }
    return true
  }

  @Test("three real sshd: one stalls, one is killed, one returns with another version or key")
  func threeHosts() throws {
    guard try hasAll() else { return }
    let directory = try TextfileDirectory()
    let run = try Program.shell(
      #"python3 "$1/Tests/Fleet/hosts.py" "$0" "$2""#, [Self.top, directory.path])
    #expect(
      run.output == """
        hosts whose keys are not known are refused
        three hosts are shown
        a filter shows one host's guest
        the review is of that host
        a target is set through ssh
        a host that stalls is named
        it is given up
        the others go on
        nothing is staged on old figures
        it is back
        a host that is killed is named
        it returns with a memtop that is too old
        and with a new one
        a host with another key is refused
        memtop ends
        nothing of it is left on the hosts

        """, "\(run)")
    #expect(run.status == 0)
  }
}
