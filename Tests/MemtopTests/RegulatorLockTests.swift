import Foundation
import MemtopSystem
import Testing

@testable import memtop

@Suite("the regulator's lock", .timeLimit(.minutes(30)))
struct RegulatorLockTests {
  private final class Place {
    let path = NSTemporaryDirectory() + "memtop-\(UUID().uuidString)"
    var directory: RuntimeDirectory { RuntimeDirectory(path) }
    var lock: String { path + "/" + RegulatorLock.fileName }
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private func mode(_ path: String) throws -> Int {
    let values = try FileManager.default.attributesOfItem(atPath: path)
    return (values[.posixPermissions] as? Int) ?? -1
  }

  @Test("no other user can open it, or put another in its place, whatever the umask")
  func modes() throws {
    let place = Place()
    lock(in: place.path, umask: 0)
    #expect(try mode(place.path) == 0o700)
    #expect(try mode(place.lock) == 0o600)
  }

  /// Takes it once, on a thread with a umask of its own: other tests make files meanwhile.
  private func lock(in directory: String, umask: mode_t) {
    let isOver = DispatchSemaphore(value: 0)
    Foundation.Thread.detachNewThread {
      if Self.unshareUmask() {
        Foundation.umask(umask)
      } else {
        print("skipped: the regulator's lock under another umask: unshare is not permitted")
      }
      _ = try? RegulatorLock(in: RuntimeDirectory(directory))
      isOver.signal()
    }
    isOver.wait()
  }

  /// unshare(2) with CLONE_FS, which Glibc's module leaves out.
  private static func unshareUmask() -> Bool {
    guard let symbol = dlsym(nil, "unshare") else { return false }
    return unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)(0x200) == 0
  }

  @Test("it is taken once, by whoever holds it, and free again after that")
  func once() throws {
    let place = Place()
    for _ in 0..<2 {
      let lock = try RegulatorLock(in: place.directory)
      // Locks are a process's: another one must ask.
      let script = """
        import fcntl, sys
        f = open(sys.argv[1], "r+")
        try: fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB); print("free")
        except OSError: print("taken")
        """
      let asked = try Program.shell(#"python3 -c "$1" "$2""#, [script, place.lock])
      #expect(asked.output == "taken\n")
      withExtendedLifetime(lock) {}
    }
  }

  @Test("a file that others can open may be held by them, and is refused")
  func open() throws {
    let place = Place()
    _ = try RegulatorLock(in: place.directory)
    #expect(chmod(place.lock, 0o644) == 0)
    #expect {
      try RegulatorLock(in: place.directory)
    } throws: { ($0 as? Failure)?.line.contains("only its owner, root, can open") == true }
  }

  @Test("a directory that others can write to, or a link, is refused")
  func directory() throws {
    let place = Place()
    _ = try RegulatorLock(in: place.directory)
    #expect(chmod(place.path, 0o777) == 0)
    #expect(throws: Failure.self) { try RegulatorLock(in: place.directory) }
    #expect(chmod(place.path, 0o700) == 0)
    let link = place.path + "-link"
    #expect(symlink(place.path, link) == 0)
    defer { unlink(link) }
    #expect(throws: Failure.self) { try RegulatorLock(in: RuntimeDirectory(link)) }
  }

  @Test("a planted link in place of the file leads nowhere")
  func link() throws {
    let place = Place()
    _ = try RegulatorLock(in: place.directory)
    unlink(place.lock)
    #expect(symlink(place.path + "/target", place.lock) == 0)
    #expect(throws: Failure.self) { try RegulatorLock(in: place.directory) }
    #expect(access(place.path + "/target", F_OK) != 0)
  }
}
