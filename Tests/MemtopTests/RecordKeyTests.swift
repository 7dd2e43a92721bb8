import Foundation
import Testing

@Suite("the key r", .timeLimit(.minutes(30)))
struct RecordKeyTests {
  /// Plants a link under each name that memtop could choose, opens the screen, presses r, and says
  /// what regular files there are then, and whether the links' target is there.
  private static let script = """
    import os, pty, select, stat, sys, time
    directory = sys.argv[1]
    os.chdir(directory)
    now = time.time()
    for second in range(-2, 240):
        name = time.strftime("memtop-xen1-%Y%m%d-%H%M%S", time.localtime(now + second))
        os.symlink(directory + "/target", name + ".memtop")
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.argv[2], ["memtop", "--demo", "--ascii"], dict(os.environ, TERM="vt100"))
    def regular():
        return [f for f in os.listdir(".") if stat.S_ISREG(os.lstat(f).st_mode)]
    seen, pressed = b"", False
    while not any(f.endswith(".memtop") for f in regular()) and time.time() < now + 200:
        if select.select([terminal], [], [], 0.1)[0]: seen += os.read(terminal, 65536)
        if not pressed and b"Domain-0" in seen: pressed = os.write(terminal, b"r") == 1
    os.write(terminal, b"q")
    while True:
        try:
            if not os.read(terminal, 65536): break
        except OSError: break
    os.waitpid(pid, 0)
    for f in sorted(regular()): print(f.split("-")[-1], oct(os.stat(f).st_mode & 0o777))
    print("target" if os.path.exists("target") else "no target")
    """

  @Test("follows no link under a name that can be guessed: it takes the next name")
  func planted() throws {
    let directory = NSTemporaryDirectory() + "memtop-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let run = try Program.shell(
      #"timeout 300 python3 -c "$1" "$2" "$0""#, [Self.script, directory])
    #expect(run.output == "2.memtop 0o600\nno target\n", "\(run)")
  }
}
