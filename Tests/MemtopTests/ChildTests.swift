import CLinux
import Foundation
import Testing

/// What a child process finds when it is started; run once more by Tests/OldHost, where the kernel
/// lacks close_range.
@Suite("a child process", .timeLimit(.minutes(30))) struct ChildTests {
  private func start(_ script: String) throws -> String {
    let words = ["sh", "-c", script]
    var arguments = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var (child, socket): (pid_t, Int32) = (0, -1)
    try #require(mt_child_start("/bin/sh", &arguments, &child, &socket) == 0)
    defer { close(socket) }
    var (bytes, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 4096))
    while case let count = read(socket, &chunk, chunk.count), count > 0 {
      bytes += chunk.prefix(count)
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("has no file open but its three, however many its parent has")
  func files() throws {
    let files = (0..<300).map { _ in open("/dev/null", O_RDONLY) }
    defer { files.forEach { close($0) } }
    // The shell's own list of /proc/self/fd is one more, which it opens itself.
    let listed = try start(#"for f in /proc/$$/fd/*; do [ -e "$f" ] && echo "${f##*/}"; done"#)
    #expect(listed.split(separator: "\n") == ["0", "1", "2"])
  }

  @Test("leads a session of its own, and blocks and ignores no signal")
  func surroundings() throws {
    let before = mt_block_signals()
    defer { mt_restore_signals(before) }
    // Of grep and not of the shell, which blocks signals itself while it starts another program.
    let told = try start(
      "cut -d ' ' -f 1,6 /proc/$$/stat; echo $$; grep -E 'Sig(Blk|Ign)' /proc/self/status")
    let lines = told.split(separator: "\n").map(String.init)
    try #require(lines.count == 4)
    #expect(lines[0] == "\(lines[1]) \(lines[1])")
    let sets = lines[2...].map { UInt64($0.suffix(16), radix: 16) }
    #expect(sets.map { $0.map { $0 & ~Self.ofGlibc } } == [0, 0])
  }

  /// Signals 32 and 33, which glibc lets nobody set; its posix_spawn leaves them ignored.
  private static let ofGlibc: UInt64 = 3 << 31

  @Test("that cannot be started is an error, and leaves nothing behind")
  func absent() {
    var arguments: [UnsafeMutablePointer<CChar>?] = [nil]
    var (child, socket): (pid_t, Int32) = (0, -1)
    #expect(mt_child_start("/no/such/program", &arguments, &child, &socket) == ENOENT)
    #expect(socket == -1)
    #expect(waitpid(child, nil, WNOHANG) == -1 && errno == ECHILD)
  }
}
