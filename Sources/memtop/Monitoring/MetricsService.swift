import Glibc
import MemtopCore
import MemtopHTTP
import MemtopSystem

/// `memtop export`: /metrics over HTTP, read from the host when it is asked for, until a signal ends it.
struct MetricsService {
  /// nil where nothing was said: loopback, or what systemd has opened.
  let address: ListenAddress?
  let policies: PolicySet
  let open: () throws(Failure) -> HostConnection

  func run() throws(Failure) {
    let activated = SocketActivation.take()
    // Blocked before the first thread, so that only the loop sees them.
    let signals = Signals()
    HTTPServer.tell { text in text.map { complain("http: \(String(cString: $0))") } }
    guard let loop = HTTPLoop(signals: signals) else {
      throw Failure(line: "cannot start an event loop: \(Errno.last)", status: .failed)
    }
    let sockets = activated.isEmpty ? [try listen()] : activated
    let collector = Collector(try open(), loop, policies: policies)
    let desk = ScrapeDesk(collector)
    guard let server = HTTPServer(loop, take: { desk.take($0) }) else {
      throw Failure(line: "cannot start an HTTP server", status: .failed)
    }
    desk.server = server
    for socket in sockets { try begin(server, on: socket) }
    // The age of a report is known once it was seen to change: the first look is taken before anyone asks.
    collector.begin()
    repeat {
      if let page = collector.turn() { desk.give(page) }
      loop.wait(until: collector.due)
    } while !loop.isToEnd(pause: collector.pause, resume: collector.resume)
    desk.close()
    // What they are told is sent by the loop.
    let end = loop.now + Self.closingTime
    while HTTPServer.Body.count > 0, loop.now < end { loop.wait(until: end) }
  }

  private static let closingTime = Span(milliseconds: 500)

  private func listen() throws(Failure) -> Int32 {
    let address = address ?? .standard
    do throws(Errno) {
      return try address.listen()
    } catch {
      throw Failure(
        line: "cannot listen on \(address.address), port \(address.port): \(error)",
        status: .failed)
    }
  }

  private func begin(_ server: HTTPServer, on descriptor: Int32) throws(Failure) {
    guard let socket = ListeningSocket(descriptor), server.listen(on: descriptor) else {
      throw Failure(line: "descriptor \(descriptor) is no listening socket", status: .failed)
    }
    complain("metrics are at http://\(socket.name)\(ScrapeDesk.path)")
    guard !socket.isLocal else { return }
    complain(
      "warning: \(socket.name) is not loopback, so others can read the domains' names and memory; "
        + "put a proxy in front for passwords and encryption")
  }
}

/// Who waits for a page.
final class ScrapeDesk {
  static let path = "/metrics"
  private static let mostWaiting = 64
  /// Pages of a thousand domains have five megabytes, and askers may be slow to take them.
  private static let mostPages = 8

  private let collector: Collector
  unowned var server: HTTPServer!
  private var waiting: [HTTPServer.Request] = []
  /// How long the last page was.
  private var size = 0
  private var hasRefused = false

  init(_ collector: Collector) { self.collector = collector }

  func take(_ request: HTTPServer.Request) {
    switch request.path {
    case Self.path:
      guard waiting.count < Self.mostWaiting, HTTPServer.Body.count < Self.mostPages else {
        return refuse(request)
      }
      waiting.append(request)
      collector.begin()
    case "/": reply(request, 200, "memtop \(Version.text): metrics are at \(Self.path)\n")
    default: reply(request, 404, "Not found; metrics are at \(Self.path)\n")
    }
  }

  /// It is told once: while there are too many, each second may bring more of them.
  private func refuse(_ request: HTTPServer.Request) {
    if !hasRefused {
      complain(
        "too many scrapes: \(Self.mostWaiting) wait, or \(Self.mostPages) pages are not taken yet; "
          + "the rest get status 503")
    }
    hasRefused = true
    reply(request, 503, "Too many scrapes\n")
  }

  /// One page is for all who wait.
  func give(_ page: MetricsPage) {
    var bodies: [MetricsFormat: HTTPServer.Body] = [:]
    for request in waiting {
      let format = MetricsFormat(accept: request.accept)
      let body = bodies[format] ?? body(page, format)
      bodies[format] = body
      server.reply(to: request, .init(200, format.contentType, body))
    }
    waiting = []
  }

  private func body(_ page: MetricsPage, _ format: MetricsFormat) -> HTTPServer.Body {
    let text = page.text(format, size: size + size / 16)
    size = text.count
    return HTTPServer.Body(text)
  }

  /// Nobody is left waiting.
  func close() {
    for request in waiting { reply(request, 503, "memtop ends\n") }
    waiting = []
  }

  private func reply(_ request: HTTPServer.Request, _ status: Int32, _ text: String) {
    let body = HTTPServer.Body(Array(text.utf8))
    server.reply(to: request, .init(status, "text/plain; charset=utf-8", body))
  }
}
