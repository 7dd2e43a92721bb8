import CLinux
import Glibc
import MemtopCore
import XenBridge

/// The short-lived child that makes one change; see `XenTargetWriter`.
public enum TargetChild {
  static let alarmSignal = SIGALRM

  /// Does what the arguments after the subcommand say, and returns the exit status.
  ///
  /// It ends by signal at its deadline and when its parent ends, so nothing can land later.
  public static func run(arguments: [String]) -> Int32 {
    guard let task = TargetTask(arguments: arguments) else {
      say(.failed("not started by memtop"))
      return 64
    }
    let left = task.deadline - HostClock.system.steady()
    guard mt_end_after(left.milliseconds), mt_end_with_parent() else { return 1 }
    do throws(Failure) {
      let change = try TargetChange(task)
      guard task.size != nil else {
        try change.readBack(say)
        return 0
      }
      return perform(change)
    } catch {
      say(.failed(error.description))
      return 1
    }
  }

  private static func perform(_ change: TargetChange) -> Int32 {
    var status: Int32 = 0
    do throws(Failure) {
      try change.perform()
      say(.written)
    } catch {
      say(.failed(error.description))
      status = 1
    }
    try? change.readBack(say)
    return status
  }

  /// Unbuffered: a child that is killed later has said it all the same.
  private static func say(_ reply: TargetReply) {
    let line = Array((reply.line + "\n").utf8)
    _ = line.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }
}

/// One change of one domain's target, on handles of its own.
struct TargetChange {
  private let task: TargetTask
  private let hypervisor: Hypervisor
  private let store: StoreConnection
  private let release: XenRelease

  init(_ task: TargetTask) throws(TargetChild.Failure) {
    self.task = task
    do {
      release = try XenHost.probe().get().release
      hypervisor = try Hypervisor()
      store = try StoreConnection(socketOnly: StoreConnection.hasSocket)
    } catch {
      throw TargetChild.Failure(description: "\(error)")
    }
  }

  /// Marks the change as memtop's and makes it.
  func perform() throws(TargetChild.Failure) {
    guard let size = task.size else { return }
    do {
      try XenLibrary.light.open(for: release)
      // Asked last, so that as little as can be happens between the question and the change.
      try requireSameDomain()
      let videoram = try number(.videoram) ?? .zero
      try requireSameTarget(videoram)
      try mark(size, videoram)
      try set(size)
    } catch let failure as TargetChild.Failure {
      throw failure
    } catch {
      throw TargetChild.Failure(description: "\(error)")
    }
  }

  private func requireSameDomain() throws {
    guard let domain = try hypervisor.domain(task.domain.domid), domain.id == task.domain else {
      throw TargetChild.Failure(description: "the domain is gone, or another has its domid")
    }
    guard domain.life == .running || domain.life == .paused else {
      throw TargetChild.Failure(description: "the domain is shut down or dying")
    }
  }

  /// Somebody else's change since the order was judged is not written over.
  private func requireSameTarget(_ videoram: Bytes) throws {
    let present = try number(.target).map { $0 + videoram }
    guard present != task.from else { return }
    throw TargetChild.Failure(
      description: present.map { TargetOrder.overtaken(by: $0) }
        ?? "someone else removed its target meanwhile")
  }

  private func number(_ key: StoreKey) throws -> Bytes? {
    try store.text(path(key)).flatMap { Bytes(storeKiB: Array($0.utf8)) }
  }

  /// The mark names `memory/target` as it will be: libxl writes it without videoram. The deadline
  /// tells it from the mark of the same change made before.
  private func mark(_ size: Bytes, _ videoram: Bytes) throws {
    let target = (size - videoram).kib
    let mark = "\(target) \(task.author) \(task.deadline.milliseconds) \(task.reason)"
    try store.write(path(.changeMark), Array(mark.utf8))
  }

  private func set(_ size: Bytes) throws {
    var result: Int32 = 0
    let words = text(capacity: 512) {
      result = mt_target_set(UInt32(task.domain.domid), size.kib, $0, $1)
    }
    guard result != 0 else { return }
    // A mark without its change would name the wrong author for the next one.
    try? store.remove(path(.changeMark))
    throw TargetChild.Failure(description: LibxlError(code: result, words: words).description)
  }

  /// Says what target and limit are now.
  func readBack(_ say: (TargetReply) -> Void) throws(TargetChild.Failure) {
    do {
      if let target = try number(.target) { say(.target(target)) }
      if let domain = try hypervisor.domain(task.domain.domid), domain.id == task.domain {
        say(.limit(domain.limit))
      }
    } catch {
      throw TargetChild.Failure(description: "\(error)")
    }
  }

  private func path(_ key: StoreKey) -> String {
    "\(StoreEvent.domains)/\(task.domain.domid)/\(key.path)"
  }
}
