import Foundation
import Glibc
import MemtopCore
import MemtopSystem

/// An event loop whose time a test moves: to wait passes none of the machine's.
///
/// Whatever is to happen is said before, with its time. A worker's job is done at the wait after it was
/// submitted, and may take time by `block`, while the loop goes on. Only one thread of all ever runs,
/// so that each run of a test is the same.
final class EmbeddedLoop: EventLoop, @unchecked Sendable {
  private(set) var time = SteadyTime(milliseconds: 1_000_000)
  /// The wall's clock goes with it, and can be set.
  var wall = WallTime(milliseconds: 1_800_000_000_000)
  /// The signals that it was stopped by, and what was stopped by each.
  private(set) var stops: [Int32] = []
  private(set) var stopped: [Signals.Stopped] = []
  /// Whether a shell could continue it.
  var canStop = true
  /// Happens each time it is stopped, before it is continued.
  var whileStopped: () -> Void = {}
  private var signals: [Int32] = []
  private var isWoken = false
  private var happenings: [(at: SteadyTime, what: () -> Void)] = []
  private var workers: [EmbeddedWorker] = []
  private var current: EmbeddedWorker?
  private let beginning = SteadyTime(milliseconds: 1_000_000)

  var clock: HostClock {
    HostClock(wall: { [self] in wall + (time - beginning) }, steady: { [self] in time })
  }
  var wake: @Sendable () -> Void { { [self] in isWoken = true } }

  /// Something happens so long after the beginning.
  func after(_ span: Span, _ what: @escaping () -> Void) {
    happenings.append((beginning + span, what))
    happenings.sort { $0.at < $1.at }
  }

  func signal(_ number: Int32, after span: Span) {
    after(span) { [self] in signals.append(number) }
  }

  /// A signal comes at once.
  func signal(_ number: Int32) { signals.append(number) }

  /// What the loop's own thread does takes so long.
  func pass(_ span: Span) { time = time + span }

  func nextSignal() -> Int32? { signals.isEmpty ? nil : signals.removeFirst() }

  func stop(_ whom: Signals.Stopped, by number: Int32) -> Bool {
    stops.append(number)
    stopped.append(whom)
    whileStopped()
    return canStop
  }

  func worker(isPatient: Bool) -> any Worker {
    let worker = EmbeddedWorker()
    workers.append(worker)
    return worker
  }

  /// A job takes this long.
  func block(for span: Span) { current!.block(until: time + span) }

  /// What has come for descriptors by now; they are the kernel's own, and nobody waits for them.
  private func look(at others: [Watched]) -> [Int16] {
    var descriptors = others.map { pollfd(fd: $0.descriptor, events: $0.events, revents: 0) }
    poll(&descriptors, nfds_t(descriptors.count), 0)
    return descriptors.map(\.revents)
  }

  func wait(until end: SteadyTime, for others: [Watched]) -> Arrivals {
    while true {
      happen()
      while let worker = workers.first(where: { $0.isReady(at: time) }) {
        current = worker
        worker.resume()
      }
      let found = look(at: others)
      if isWoken || !signals.isEmpty || found.contains(where: { $0 != 0 }) {
        defer { isWoken = false }
        return Arrivals(isSignalled: !signals.isEmpty, isWoken: isWoken, others: found)
      }
      let next = ([happenings.first?.at] + workers.map(\.due)).compactMap { $0 }.min()
      guard let next, next <= end else {
        time = max(time, end)
        return Arrivals(others: found)
      }
      time = max(time, next)
    }
  }

  private func happen() {
    while let first = happenings.first, first.at <= time {
      happenings.removeFirst()
      first.what()
    }
  }
}

/// A thread that runs only while the loop waits for it.
private final class EmbeddedWorker: Worker, @unchecked Sendable {
  private var jobs: [@Sendable () -> Void] = []
  private var blockedUntil: SteadyTime?
  private let goOn = DispatchSemaphore(value: 0)
  private let hasYielded = DispatchSemaphore(value: 0)
  private var isStarted = false

  func submit(_ job: @escaping @Sendable () -> Void) { jobs.append(job) }

  /// When a job that takes time is done.
  var due: SteadyTime? { blockedUntil }

  func isReady(at time: SteadyTime) -> Bool {
    blockedUntil.map { $0 <= time } ?? !jobs.isEmpty
  }

  func resume() {
    blockedUntil = nil
    if !isStarted {
      isStarted = true
      Foundation.Thread.detachNewThread { [self] in run() }
    }
    goOn.signal()
    hasYielded.wait()
  }

  func block(until time: SteadyTime) {
    blockedUntil = time
    hasYielded.signal()
    goOn.wait()
  }

  private func run() {
    while true {
      goOn.wait()
      if !jobs.isEmpty { jobs.removeFirst()() }
      hasYielded.signal()
    }
  }
}
