import CEvent
import MemtopCore
import MemtopSystem

/// A small HTTP server: what comes is told to its owner, who answers now or later.
///
/// It takes GET and HEAD, short headers, and no bodies. Other methods are answered here, all else by libevent.
package final class HTTPServer {
  package struct Request {
    /// Without the query.
    package let path: String
    package let accept: String?
    fileprivate let handle: ce_request
  }

  package struct Answer {
    package var status: Int32
    package var contentType: String
    package var body: Body

    package init(_ status: Int32, _ contentType: String, _ body: Body) {
      (self.status, self.contentType, self.body) = (status, contentType, body)
    }
  }

  /// What is sent, once in memory however many ask for it.
  package final class Body {
    fileprivate let handle: ce_body

    package init(_ bytes: [UInt8]) {
      guard let handle = bytes.withUnsafeBytes({ ce_body_new($0.baseAddress, $0.count) }) else {
        fatalError("no memory for a reply of \(bytes.count) bytes")
      }
      self.handle = handle
    }

    deinit { ce_body_free(handle) }

    /// How many there are in memory: some askers take their answers slowly.
    package static var count: Int { Int(ce_bodies()) }
  }

  private var server: ce_server?
  private let loop: HTTPLoop
  private let take: (Request) -> Void

  /// Where libevent's complaints go.
  package static func tell(_ tell: @escaping @convention(c) (UnsafePointer<CChar>?) -> Void) {
    ce_tell(tell)
  }

  /// - Parameter take: is given each request once, and answers each once by `reply`.
  package init?(_ loop: HTTPLoop, take: @escaping (Request) -> Void) {
    (self.loop, self.take) = (loop, take)
    let context = Unmanaged.passUnretained(self).toOpaque()
    server = ce_server_new(
      loop.loop,
      { request, context in
        guard let request, let context else { return }
        Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue().arrive(request)
      }, context)
    guard server != nil else { return nil }
  }

  deinit { if let server { ce_server_free(server) } }

  /// Takes connections from a socket that listens, which is the server's from now on.
  package func listen(on descriptor: Int32) -> Bool { ce_server_listen(server, descriptor) == 1 }

  private func arrive(_ handle: ce_request) {
    let path = ce_path(handle).map { String(cString: $0) } ?? ""
    let accept = ce_accept(handle).map { String(cString: $0) }
    let request = Request(path: path, accept: accept, handle: handle)
    guard ce_reads(handle) == 1 else {
      let body = Body(Array("Only GET and HEAD\n".utf8))
      return reply(to: request, .init(405, "text/plain; charset=utf-8", body))
    }
    take(request)
  }

  /// One whose asker has gone is only forgotten.
  package func reply(to request: Request, _ answer: Answer) {
    ce_reply(
      request.handle, answer.status, Self.reason(answer.status), answer.contentType,
      answer.body.handle)
  }

  private static func reason(_ status: Int32) -> String {
    switch status {
    case 200: "OK"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 503: "Service Unavailable"
    default: "Error"
    }
  }
}

/// The event loop of a thread that serves HTTP: it waits in libevent, which does that service meanwhile.
package final class HTTPLoop: EventLoop {
  let loop: ce_loop
  /// Has the signals and the bell; asked, never waited for.
  private let inner: PollLoop
  private let events: [ce_event]
  private let timer: ce_event

  /// nil where the machine has no descriptors left.
  ///
  /// - Parameter signals: those that its owner ends by.
  package init?(signals: Signals? = nil) {
    inner = PollLoop(signals: signals)
    guard let loop = ce_loop_new(), let timer = ce_timer(loop) else { return nil }
    (self.loop, self.timer) = (loop, timer)
    // Whatever makes one of them ready ends the wait; the loop's owner looks what it was.
    events = inner.descriptors.compactMap { ce_watch(loop, $0) }
    guard events.count == inner.descriptors.count else { return nil }
  }

  deinit {
    for event in events + [timer] { ce_event_free(event) }
    ce_loop_free(loop)
  }

  package var clock: HostClock { inner.clock }
  package var wake: @Sendable () -> Void { inner.wake }

  /// - Parameter others: told as they are when the wait ends; none of them ends it.
  package func wait(until time: SteadyTime, for others: [Watched]) -> Arrivals {
    let left = max(0, (time - now).milliseconds)
    ce_wait(loop, timer, left < Self.longest ? Int(left) : -1)
    return inner.wait(until: now, for: others)
  }

  /// Beyond this a wait ends by what comes only: a day.
  private static let longest: Int64 = 86_400_000

  package func nextSignal() -> Int32? { inner.nextSignal() }

  package func stop(_ whom: Signals.Stopped, by number: Int32) -> Bool {
    inner.stop(whom, by: number)
  }

  package func worker(isPatient: Bool) -> any Worker { inner.worker(isPatient: isPatient) }
}
