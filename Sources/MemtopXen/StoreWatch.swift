import Glibc
import MemtopCore
import MemtopSystem
import Synchronization
import XenBridge

/// One xenstore watch over all domains, on a connection of its own, drained all the time.
///
/// xenstored holds a guest's request until a privileged watcher has taken the events it caused, so
/// an undrained watch would hold up every guest. May be used from any thread.
final class StoreWatch: Sendable {
  private struct State: ~Copyable {
    var connection: WatchConnection?
    /// Of one that is being opened; good for as long as it is here.
    var opening: Int32?
    var thread: DrainThread?
    var dirty = DirtyKeys()
    var ownerChanged = true
    /// xenstored answers each watch with an event of its own, which tells of no change.
    var answersAwaited = 0
    var events = 0
    var isPaused = false

    mutating func note(_ event: StoreEvent) {
      if event == .watched && answersAwaited > 0 {
        answersAwaited -= 1
        return
      }
      events += 1
      switch event {
      case .changed(let domid, let keys, let report):
        dirty.mark(domid, keys, report: report)
      case .squeezed, .watched: ownerChanged = true
      case .irrelevant: break
      }
    }
  }

  /// Bounds one turn at the lock; a flood goes on in the next.
  private static let turn = 4096

  private let paths = StoreKeyPaths.all
  private let state = Mutex(State())

  var isPaused: Bool { state.withLock { $0.isPaused } }
  var isOpen: Bool { state.withLock { $0.connection != nil } }

  /// Opens the watch; blocks for as long as xenstored does. Does nothing while paused.
  func open(socketOnly: Bool) throws(StoreConnection.Lost) {
    guard !isPaused else { return }
    let connection = try WatchConnection(socketOnly: socketOnly)
    let mayOpen = state.withLock { state in
      if !state.isPaused { state.opening = connection.descriptor }
      return !state.isPaused
    }
    guard mayOpen else { return }
    defer { state.withLock { $0.opening = nil } }
    try connection.watch(StoreEvent.domains)
    try connection.watch(StoreEvent.squeezedPath)
    state.withLock { state in
      state.ownerChanged = true
      state.answersAwaited = 2
      state.dirty.forgetReports()
    }
    try connection.confirm { path in
      let event = StoreEvent(path, paths)
      state.withLock { $0.note(event) }
    }
    state.withLock { state in
      guard !state.isPaused else { return }
      state.connection = connection
      state.thread = DrainThread(descriptor: connection.descriptor) { [weak self] in
        self?.drainWaiting()
      }
    }
  }

  /// Gives the watch back to xenstored; what is pending stays pending.
  func close() {
    let (connection, thread) = state.withLock { state in
      defer {
        state.connection = nil
        state.thread = nil
      }
      return (state.connection, state.thread)
    }
    thread?.stop()
    withExtendedLifetime(connection) {}
  }

  /// Closes the watch until `resume`, so that a process that is stopped holds nobody up.
  func pause() {
    state.withLock { state in
      state.isPaused = true
      // xenstored may take it as long as this process is stopped, and must find it closed then.
      if let opening = state.opening { shutdown(opening, Int32(SHUT_RDWR)) }
    }
    close()
  }

  func resume() {
    state.withLock { $0.isPaused = false }
  }

  /// Notes everything that has arrived; throws when xenstored is gone.
  func drain() throws(StoreConnection.Lost) {
    let result = state.withLock { state -> Result<Int, StoreConnection.Lost> in
      Self.drain(&state, paths)
    }
    _ = try result.get()
  }

  /// The thread's part: how many events it took; nil when there is no point in going on.
  private func drainWaiting() -> Int? { try? state.withLock { Self.drain(&$0, paths) }.get() }

  private static func drain(_ state: inout State, _ paths: StoreKeyPaths)
    -> Result<Int, StoreConnection.Lost>
  {
    guard let connection = state.connection else { return .success(0) }
    do throws(StoreConnection.Lost) {
      return .success(try connection.drain(limit: turn) { state.note(StoreEvent($0, paths)) })
    } catch {
      return .failure(error)
    }
  }

  func next(from domid: Int) -> UInt16? { state.withLock { $0.dirty.next(from: domid) } }
  func take(_ domid: UInt16) -> DirtyKeys.Pending { state.withLock { $0.dirty.take(domid) } }

  /// Has every key of these domains read anew, without counting them as reports.
  func markAll(_ domids: some Sequence<UInt16>) {
    state.withLock { state in
      for domid in domids { state.dirty.mark(domid, .all, report: nil) }
    }
  }

  /// Was something written below /squeezed since this was last asked?
  func takeOwnerChanged() -> Bool {
    state.withLock { state in
      defer { state.ownerChanged = false }
      return state.ownerChanged
    }
  }

  /// Something is to be read; also where a lost watch can tell nothing.
  var hasNews: Bool {
    state.withLock { $0.connection == nil || $0.ownerChanged || $0.dirty.next(from: 0) != nil }
  }

  /// Events that the next reading will account for.
  var pendingEvents: Int { state.withLock { $0.events } }

  /// Events since this was last asked.
  func takeEvents() -> Int {
    state.withLock { state in
      defer { state.events = 0 }
      return state.events
    }
  }
}

/// A connection to xenstored that brings the events of some watches and does nothing else.
///
/// Unchecked: whoever has it uses it on one thread at a time, or behind a lock.
final class WatchConnection: @unchecked Sendable {
  typealias Lost = StoreConnection.Lost

  private let handle: OpaquePointer

  /// As `StoreConnection.init`.
  init(socketOnly: Bool) throws(Lost) {
    var error: Int32 = 0
    guard let handle = mt_watch_open(socketOnly, &error) else {
      throw StoreConnection.unreachable(error)
    }
    self.handle = handle
  }

  deinit { mt_watch_close(handle) }

  /// Readable when events wait; tells of xenstored's death where there is a socket.
  var descriptor: Int32 { mt_watch_fd(handle) }

  /// Asks for a watch; `confirm` waits for it.
  func watch(_ path: StaticString) throws(Lost) { try watch("\(path)") }

  func watch(_ path: String) throws(Lost) {
    var error: Int32 = 0
    guard mt_watch_add(handle, path, &error) else {
      throw Lost(attempt: "cannot watch \(path)", error: Errno(error))
    }
  }

  /// Waits until xenstored has confirmed every watch, and calls `body` with the path of each event
  /// that comes before.
  func confirm(_ body: (UnsafePointer<CChar>) -> Void) throws(Lost) {
    var error: Int32 = 0
    while let path = mt_watch_confirm(handle, &error) { body(path) }
    try requireDrained(error)
  }

  /// Calls `body` with the path of each waiting event, at most `limit`; returns how many there were.
  func drain(limit: Int, _ body: (UnsafePointer<CChar>) -> Void) throws(Lost) -> Int {
    var error: Int32 = 0
    for count in 0..<limit {
      guard let path = mt_watch_next(handle, &error) else {
        try requireDrained(error)
        return count
      }
      body(path)
    }
    return limit
  }

  private func requireDrained(_ error: Int32) throws(Lost) {
    guard error != EAGAIN else { return }
    let isClosed = error == ECONNRESET
    let attempt = isClosed ? "xenstored closed the watch" : "cannot watch xenstore"
    throw Lost(attempt: attempt, error: Errno(error))
  }
}
