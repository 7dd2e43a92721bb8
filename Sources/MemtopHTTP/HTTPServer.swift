import CEvent

/// A small HTTP server: what comes is told to its owner, who answers now or later.
///
/// It takes GET and HEAD, short headers, and no bodies; libevent answers all else by itself.
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
    package var body: [UInt8]

    package init(_ status: Int32, _ contentType: String, _ body: [UInt8]) {
      (self.status, self.contentType, self.body) = (status, contentType, body)
    }
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
    take(Request(path: path, accept: accept, handle: handle))
  }

  /// One whose asker has gone is only forgotten.
  package func reply(to request: Request, _ answer: Answer) {
    answer.body.withUnsafeBytes {
      ce_reply(
        request.handle, answer.status, Self.reason(answer.status), answer.contentType,
        $0.baseAddress, $0.count)
    }
  }

  private static func reason(_ status: Int32) -> String {
    switch status {
    case 200: "OK"
    case 404: "Not Found"
    case 503: "Service Unavailable"
    default: "Error"
    }
  }
}
