import MemtopCore
import MemtopRecording
import MemtopSystem

/// The connection to one host: made again, ever more rarely, as often as it is lost.
final class HostLink {
  let host: RemoteHost
  let number: HostNumber
  private let transport: Transport
  private var interval: Span
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
  /// Its figures come by a connection that nothing shares, since the shared one was silent.
  private(set) var isAlone = false
  /// Since when it gives no figures, which was told as an event.
  private var goneSince: SteadyTime?
  /// It was asked anew from here: that its figures are old meanwhile is not its fault.
  private var isAskedAnew = false
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
        lose(RemoteFailure.reason(process, of: host), now)
      }
      return false
    }
    if !bytes.isEmpty {
      heardAt = now
    } else if now >= silentAt {
      let silence = now - heardAt
      (wasSilent, isAlone) = (true, true)
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
    isAlone = wasSilent
    let words = transport.arguments(
      host, ["serve", "--stdio", "-d", Self.seconds(interval)], isAlone: isAlone)
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

  /// What happened there since this was asked, and what happened to the connection.
  func takeEvents(_ now: SteadyTime, _ wall: WallTime) -> [HostEvent] {
    defer { events = [] }
    return events + (turnOfLink(now).map { [event($0, wall)] } ?? [])
  }

  private func turnOfLink(_ now: SteadyTime) -> HostEvent.Kind? {
    switch link(now) {
    case .connecting: return nil
    case .current:
      isAskedAnew = false
      guard let since = goneSince else { return nil }
      goneSince = nil
      return .hostBack(after: now - since)
    case .late(let since):
      guard goneSince == nil, !isAskedAnew else { return nil }
      goneSince = since
      return .hostLost("no figures for \((now - since).short)")
    case .lost(let why):
      guard goneSince == nil else { return nil }
      goneSince = cameAt ?? now
      return .hostLost(why)
    }
  }

  private func event(_ kind: HostEvent.Kind, _ wall: WallTime) -> HostEvent {
    let dom0 = DomainID(domid: 0, uuid: .zero, host: number)
    return HostEvent(time: wall, domain: dom0, name: host.name, kind: kind)
  }

  /// While memtop is stopped, nothing is sent to it.
  func pause() {
    process?.end()
    (process, endedAt) = (nil, nil)
  }

  func resume(_ now: SteadyTime) {
    retryAt = now
    isAskedAnew = true
  }

  /// Asks for figures in another interval, which `memtop serve` takes only when it starts.
  func ask(every interval: Span, _ now: SteadyTime) {
    guard interval != self.interval else { return }
    self.interval = interval
    pause()
    resume(now)
  }

  func end() { pause() }
}
