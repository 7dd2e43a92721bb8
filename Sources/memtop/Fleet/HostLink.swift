import MemtopCore
import MemtopRecording
import MemtopSystem

/// The connection to one host: made again, ever more rarely, as often as it is lost.
final class HostLink {
  let host: RemoteHost
  let number: HostNumber
  private let transport: Transport
  private let interval: Span
  private var process: RemoteProcess?
  private var reader: StreamReader
  private(set) var newest: Snapshot?
  /// When `newest` came.
  private var cameAt: SteadyTime?
  private var why: String?
  private var retryAt: SteadyTime
  private var backoff = HostLink.shortest
  private var events: [HostEvent] = []
  /// When anything came from it last, or it was begun.
  private var heardAt: SteadyTime
  /// It was given up for saying nothing: what carries it may be dead, and is not used again.
  private var wasSilent = false
  /// Since when its output has ended: how it ends itself is awaited for a moment.
  private var endedAt: SteadyTime?

  /// Events that are kept for the next frame: the newest.
  private static let mostEvents = 2000
  private static let endTime = Span(milliseconds: 500)
  private static let shortest = Span.seconds(1)
  private static let longest = Span.minutes(1)
  /// A connection that says nothing for longer is made anew. A large host's first sample takes many seconds.
  private static let silence = Span.minutes(1)

  init(_ host: RemoteHost, transport: Transport, interval: Span, now: SteadyTime) {
    self.host = host
    self.transport = transport
    self.interval = interval
    number = HostNumber.named(host.name)
    reader = StreamReader(host: number, name: host.name)
    retryAt = now
    heardAt = now
  }

  /// From one sample to the next: the longer one, where the other end has its own.
  private var pace: Span { max(interval, reader.greeting?.interval ?? .zero) }
  private var silentAt: SteadyTime { heardAt + max(Self.silence, pace * 10) }

  /// What is to be waited for.
  var watched: [Int32] { [process?.output, process?.errors].compactMap { $0 } }
  /// When it is to be tried again.
  var due: SteadyTime {
    if let endedAt { return endedAt + Self.endTime }
    return process == nil ? retryAt : silentAt
  }

  /// Takes what has come.
  ///
  /// - Returns: whether that was a sample.
  func turn(_ now: SteadyTime, _ wall: WallTime) -> Bool {
    if process == nil, now >= retryAt { connect(now) }
    guard let process else { return false }
    guard let bytes = process.read() else {
      let since = endedAt ?? now
      endedAt = since
      if process.hasEnded() != nil || now - since >= Self.endTime {
        lose(Self.reason(process), now)
      }
      return false
    }
    if !bytes.isEmpty {
      heardAt = now
    } else if now >= silentAt {
      let silence = now - heardAt
      wasSilent = true
      lose("it sent nothing for \(silence.wholeSeconds) s", now)
      return false
    }
    do throws(StreamError) {
      guard let last = try reader.take(bytes, at: now, wall) else { return false }
      wasSilent = false
      events = (events + last.events).suffix(Self.mostEvents)
      (newest, cameAt, why, backoff) = (last, now, nil, Self.shortest)
      return true
    } catch {
      lose(error.reason, now)
      return false
    }
  }

  private func connect(_ now: SteadyTime) {
    reader = StreamReader(host: number, name: host.name, after: reader)
    endedAt = nil
    heardAt = now
    let words = transport.arguments(
      host, ["serve", "--stdio", "-d", Self.seconds(interval)], isAlone: wasSilent)
    do throws(Errno) {
      process = try RemoteProcess(transport.program, words)
    } catch {
      lose("\(transport.program): \(error)", now)
    }
  }

  private func lose(_ reason: String, _ now: SteadyTime) {
    process?.end()
    (process, endedAt) = (nil, nil)
    why = reason
    retryAt = now + backoff
    backoff = min(Self.longest, backoff * 2)
  }

  /// "1.5", as `-d` takes it.
  private static func seconds(_ span: Span) -> String {
    let thousandths = String(span.milliseconds % 1000 + 1000).dropFirst()
    return "\(span.milliseconds / 1000).\(thousandths)"
  }

  /// What ssh or memtop there said, or else how it ended.
  private static func reason(_ process: RemoteProcess) -> String {
    let ending = process.hasEnded()
    // As every memtop refuses a command that it does not know.
    if ending == .exited(Failure.Status.usage.rawValue) {
      return "its memtop is too old to be shown from here"
    }
    if let complaint = process.lastComplaint() { return complaint }
    switch ending {
    case .exited(127): return "there is no memtop on it"
    case .exited(let status): return "ssh ended with status \(status)"
    case .signalled(let number): return "ssh was ended by signal \(number)"
    case nil: return "the connection was closed"
    }
  }

  /// Its part of the screen's snapshot.
  func share(_ now: SteadyTime) -> (HostShare, [DomainSample]) {
    let share = HostShare(
      number: number, name: host.name, memory: newest?.host, link: link(now), sampledAt: cameAt)
    guard let newest else { return (share, []) }
    // Reports grow old with the sample.
    let past = max(.zero, now - newest.steady)
    let domains = newest.domains.map { sample in
      var sample = sample
      if let age = sample.reportAge { sample.reportAge = age + past }
      return sample
    }
    return (share, domains)
  }

  private func link(_ now: SteadyTime) -> HostShare.Link {
    if process == nil { return .lost(why: why ?? "not connected") }
    guard let cameAt else { return why.map { .lost(why: $0) } ?? .connecting }
    if let why = why ?? newest?.problem { return .lost(why: why) }
    return now - cameAt > max(.seconds(3), pace * 3) ? .late(since: cameAt) : .current
  }

  /// What happened there since this was asked.
  func takeEvents() -> [HostEvent] {
    defer { events = [] }
    return events
  }

  /// While memtop is stopped, nothing is sent to it.
  func pause() {
    process?.end()
    (process, endedAt) = (nil, nil)
  }

  func resume(_ now: SteadyTime) { retryAt = now }

  func end() { pause() }
}

/// A host to be reached through ssh: how it is called, where it is, and what runs there.
struct RemoteHost: Hashable, Sendable {
  var name: String
  /// What ssh is given: `root@10.0.0.2`, or a name in ssh_config(5).
  var address: String
  /// The command there: `memtop`, or `sudo memtop`.
  var command = "memtop"

  /// - Throws: where ssh would take it for an option, or the remote shell for several words.
  init(name: String, address: String, command: String = "memtop") throws(Failure) {
    func isPlain(_ text: String) -> Bool {
      !text.isEmpty && !text.hasPrefix("-")
        && text.utf8.allSatisfy {
          (0x21...0x7E).contains($0) && !"'\"\\$`;&|<>()".utf8.contains($0)
        }
    }
    for text in [address, name] where !isPlain(text) || name.utf8.count > 64 {
      let shown = SafeText.escaped(Array(text.utf8), limit: 60)
      throw Failure(
        line: "\"\(shown)\" is not a host for ssh, such as root@xen1", status: .usage)
    }
    (self.name, self.address, self.command) = (name, address, command)
  }

  /// `[USER@]HOST`, as it is typed: the host is its name.
  init(typed: String) throws(Failure) {
    let name = typed.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    try self.init(name: String(name), address: typed)
  }
}

/// The program that reaches other hosts: ssh, or what stands in for it.
struct Transport: Hashable, Sendable {
  var program = "/usr/bin/ssh"

  /// No terminal and no questions; a host that stalls is given up after some four seconds. An ssh that
  /// reads figures must not become the master of a shared connection: a change that uses it would be cut off
  /// when the figures end. What ssh_config(5) forwards is for logins: a second connection could not have it too,
  /// and no host needs the operator's keys.
  private static let options = [
    "-T", "-a", "-x", "-o", "BatchMode=yes", "-o", "ServerAliveInterval=2",
    "-o", "ServerAliveCountMax=2", "-o", "ConnectTimeout=10", "-o", "ControlMaster=no",
    "-o", "ClearAllForwardings=yes",
  ]

  /// - Parameters:
  ///   - words: what memtop is to do there; no shell finds anything in them.
  ///   - isAlone: a connection that ssh shares is not used.
  func arguments(_ host: RemoteHost, _ words: [String], isAlone: Bool = false) -> [String] {
    [program] + Self.options + (isAlone ? ["-o", "ControlPath=none"] : [])
      + ["--", host.address, host.command] + words
  }
}
