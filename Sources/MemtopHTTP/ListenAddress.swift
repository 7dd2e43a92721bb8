import Glibc
import MemtopSystem

/// Where a server listens: "127.0.0.1:10640", "[::1]:10640", or a port on loopback.
package struct ListenAddress: Hashable, Sendable {
  package let address: String
  package let port: UInt16
  private let isVersion6: Bool

  /// What memtop serves on where nothing is said.
  package static let standard = ListenAddress("127.0.0.1:10640")!

  /// nil for anything else. Names are not looked up: they may have several addresses, or another one later.
  package init?(_ text: String) {
    let (host, port): (Substring, Substring)
    if let colon = text.lastIndex(of: ":") {
      (host, port) = (text[..<colon], text[text.index(after: colon)...])
    } else {
      (host, port) = ("127.0.0.1", text[...])
    }
    guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(port) else {
      return nil
    }
    self.port = number
    if host.hasPrefix("["), host.hasSuffix("]") {
      (address, isVersion6) = (String(host.dropFirst().dropLast()), true)
    } else {
      (address, isVersion6) = (host == "localhost" ? "127.0.0.1" : String(host), false)
    }
    var parsed = in6_addr()
    // To C a text ends at its first zero.
    guard !address.utf8.contains(0),
      inet_pton(isVersion6 ? AF_INET6 : AF_INET, address, &parsed) == 1
    else { return nil }
  }

  /// Opens it. The caller closes the descriptor.
  ///
  /// - Throws: what the kernel says of the address: it is in use, or not of this machine.
  package func listen() throws(Errno) -> Int32 {
    let family = isVersion6 ? AF_INET6 : AF_INET
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, kind, 0)
    guard descriptor >= 0 else { throw Errno.last }
    // A service that is started anew must not wait for connections of before.
    var yes: Int32 = 1
    setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    guard bind(descriptor), Glibc.listen(descriptor, 16) == 0 else {
      let error = Errno.last
      close(descriptor)
      throw error
    }
    return descriptor
  }

  private func bind(_ descriptor: Int32) -> Bool {
    if isVersion6 {
      var place = sockaddr_in6()
      place.sin6_family = sa_family_t(AF_INET6)
      place.sin6_port = port.bigEndian
      inet_pton(AF_INET6, address, &place.sin6_addr)
      return Self.bind(descriptor, &place)
    }
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = port.bigEndian
    inet_pton(AF_INET, address, &place.sin_addr)
    return Self.bind(descriptor, &place)
  }

  private static func bind<Place>(_ descriptor: Int32, _ place: inout Place) -> Bool {
    withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<Place>.size)) == 0
      }
    }
  }
}

/// A socket that listens, as the kernel tells it.
package struct ListeningSocket {
  /// "127.0.0.1:10640", or what else it is.
  package let name: String
  /// Only this machine's own processes can reach it.
  package let isLocal: Bool

  /// nil where the descriptor is no such socket.
  package init?(_ descriptor: Int32) {
    var isListening: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0,
      isListening == 1
    else { return nil }
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let isNamed = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isNamed else { return nil }
    (name, isLocal) = Self.described(storage)
  }

  private static func described(_ storage: sockaddr_storage) -> (String, isLocal: Bool) {
    withUnsafeBytes(of: storage) { bytes in
      switch Int32(storage.ss_family) {
      case AF_INET:
        let place = bytes.load(as: sockaddr_in.self)
        var address = place.sin_addr
        let host = MemtopSystem.text(capacity: 64) {
          inet_ntop(AF_INET, &address, $0, socklen_t($1))
        }
        return ("\(host):\(UInt16(bigEndian: place.sin_port))", host.hasPrefix("127."))
      case AF_INET6:
        let place = bytes.load(as: sockaddr_in6.self)
        var address = place.sin6_addr
        let host = MemtopSystem.text(capacity: 64) {
          inet_ntop(AF_INET6, &address, $0, socklen_t($1))
        }
        return ("[\(host)]:\(UInt16(bigEndian: place.sin6_port))", host == "::1")
      default: return ("a socket", Int32(storage.ss_family) == AF_UNIX)
      }
    }
  }
}

/// Sockets that systemd has opened for this service (sd_listen_fds(3)).
package enum SocketActivation {
  private static let first: Int32 = 3
  private static let most: Int32 = 64

  /// Takes them: whatever this process starts does not get them.
  package static func take() -> [Int32] {
    defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) } }
    guard let pid = number("LISTEN_PID"), pid == getpid(), let count = number("LISTEN_FDS"),
      (1...most).contains(count)
    else { return [] }
    let descriptors = Array(first..<first + count)
    for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    return descriptors
  }

  private static func number(_ name: String) -> Int32? {
    getenv(name).flatMap { Int32(String(cString: $0)) }
  }
}
