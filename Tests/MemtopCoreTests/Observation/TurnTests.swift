import Testing

@testable import MemtopCore
@testable import TestSupport

/// Beginning and end of what a domain, or the host, is in.
@Suite(.timeLimit(.minutes(30))) struct TurnTests {
  /// A guest that reports each second: how much is available, and what it read from swap so far, in MiB.
  private static func report(
    _ host: inout ObservedHost, available: Int64 = 1000, swapIn: Int64 = 0
  ) {
    host[5].write(
      .memtopReport,
      "v1 available=\(available << 10) swap_in=\(swapIn << 10) interval=1 seq=\(host.second)")
  }

  private static func turn(
    _ from: Pressure, _ to: Pressure?, after: Int64? = nil, _ figure: String? = nil
  ) -> HostEvent.Kind {
    .pressure(
      PressureTurn(from: from, to: to, after: after.map { .seconds($0) }, figure: figure))
  }

  @Test("a domain begins to thrash and ends it: told with the figure, and for how long")
  func thrashes() {
    var host = ObservedHost()
    var read: Int64 = 0
    host.live(20) { Self.report(&$0, swapIn: 0) }
    host.live(30) {
      read += 41
      Self.report(&$0, swapIn: read)
    }
    host.live(30) { Self.report(&$0, swapIn: read) }
    #expect(
      host.kinds() == [
        Self.turn(.ok, .thrashing, "swap-in 41M/s"),
        Self.turn(.thrashing, .ok, after: 40),
      ])
    #expect(host.told.first?.second == 21)
    #expect(
      host.told.map { $0.kind.text(arrow: ">") } == [
        "thrashing: swap-in 41M/s", "ok again, was thrashing for 40s",
      ])
  }

  @Test("a pause is told, and its end; that a paused domain does not report is no news")
  func pause() {
    var host = ObservedHost()
    host.live(5) { Self.report(&$0) }
    host.live(60) { $0[5].life = .paused }
    #expect(host.sample().health == .stale)
    host.live(5) { $0[5].life = .running }
    #expect(host.kinds() == [.paused, .unpaused(after: .seconds(60))])
    host.live(5) { Self.report(&$0) }
    #expect(host.kinds().count == 2)
    host.live(60)
    #expect(host.kinds().last == .reportStale)
  }

  @Test("what was told of a report before its domain stopped to run holds, and is not told again")
  func staleBefore() {
    for life: DomainLife in [.paused, .shutDown(.crash), .dying] {
      var host = ObservedHost()
      host.live(5) { Self.report(&$0) }
      host.live(60)
      host.live(60) { $0[5].life = life }
      let told = host.kinds().filter { $0 != .crashed && $0 != .paused }
      #expect(told == [.reportStale], "\(life): \(host.kinds())")
    }
  }

  @Test("a guest that reports each minute has as long after a pause as its reports may be old")
  func excusedLonger() {
    func report(_ host: inout ObservedHost) {
      guard host.second % 60 == 0 else { return }
      host[5].write(.memtopReport, "v1 available=1000000 interval=60 seq=\(host.second)")
    }
    var host = ObservedHost()
    host.live(300, report)
    host.live(600) { $0[5].life = .paused }
    host.live(300) {
      $0[5].life = .running
      report(&$0)
    }
    #expect(host.kinds() == [.paused, .unpaused(after: .seconds(600))])
  }

  @Test("that a domain is destroyed is told, and nothing of what goes with it")
  func destroyed() {
    var host = ObservedHost()
    var read: Int64 = 0
    host.live(20) { Self.report(&$0, swapIn: 0) }
    host.live(10) {
      read += 41
      Self.report(&$0, swapIn: read)
    }
    let before = host.kinds().count
    #expect(before == 1)
    host.live(2) { $0[5].life = .paused }
    host.live(10) {
      for key in [StoreKey.name, .target, .memtopReport] { $0[5].remove(key) }
    }
    #expect(host.sample().state == .dying)
    #expect(host.kinds().count == before, "\(host.kinds())")
  }

  @Test("one that reports no more after a pause is told so, half a minute later")
  func silentAfterPause() {
    var host = ObservedHost()
    host.live(5) { Self.report(&$0) }
    host.live(60) { $0[5].life = .paused }
    host.live(60) { $0[5].life = .running }
    #expect(host.kinds() == [.paused, .unpaused(after: .seconds(60)), .reportStale])
    #expect(host.told.last?.second == 66 + TurnWatch.excuse.wholeSeconds)
    #expect(host.told.first?.second == 9)
  }

  @Test("a domain that is built paused and then runs was not paused")
  func built() {
    var host = ObservedHost()
    host.live(1)
    host.live(3) {
      guard $0.domains.count == 1 else { return }
      var guest = ObservedHost.guest(6)
      guest.life = .paused
      $0.domains.append(guest)
    }
    host.live(3) { $0[6].life = .running }
    #expect(host.kinds(6) == [.started])
  }

  @Test("worse words follow each other, each with how long the one before lasted")
  func worse() {
    var host = ObservedHost()
    host.live(5) { Self.report(&$0) }
    host.live(12) { Self.report(&$0, available: 130) }
    host.live(12) { Self.report(&$0, available: 40) }
    #expect(
      host.kinds() == [
        Self.turn(.ok, .tight, "130M of 2.00G available"),
        Self.turn(.tight, .short, after: 12, "40M of 2.00G available"),
      ])
  }

  @Test("a load that comes and goes within its word's patience is one turn")
  func steady() {
    var host = ObservedHost()
    host.live(120) { Self.report(&$0, available: $0.second % 4 == 0 ? 40 : 1000) }
    #expect(host.kinds().count == 1)
  }

  @Test("what a guest is in at first sight is no news; its end is, after nobody knows how long")
  func firstSight() {
    var guest = ObservedHost.guest(5)
    guest.write(.memtopReport, "v1 available=10240 interval=1 seq=1")
    var host = ObservedHost([ObservedHost.Domain.found(guest)])
    #expect(host.sample().pressure == .short)
    host.live(30) { Self.report(&$0) }
    #expect(host.kinds() == [Self.turn(.short, .ok)])
    #expect(host.told.first?.kind.text(arrow: ">") == "ok again, was short")
  }

  @Test("pressure ends where a report is not believed any more, and it is not called well")
  func unbelieved() {
    var host = ObservedHost()
    host.live(5) { Self.report(&$0) }
    host.live(5) { Self.report(&$0, available: 40) }
    host.live(2) { Self.report(&$0, available: 9_000) }
    let kinds = host.kinds()
    #expect(kinds.count == 3)
    #expect(kinds.contains(Self.turn(.short, nil, after: 5)))
    #expect(Set(kinds.map(\.word)) == ["short", "pressure unknown", "report implausible"])
  }

  @Test("a guest that takes its report away is silent; one that never reported is not told of")
  func silent() {
    var host = ObservedHost([ObservedHost.guest(5), ObservedHost.guest(6)])
    host.live(5) { Self.report(&$0) }
    host.live(9) { $0[5].remove(.memtopReport) }
    #expect(host.sample().health == .silent)
    host.live(5) { Self.report(&$0) }
    #expect(host.kinds(5) == [.reportSilent, .reportBack(after: .seconds(9))])
    host.live(200) { Self.report(&$0) }
    #expect(host.kinds(6).isEmpty)
  }

  @Test("stuck ends where the target is reached, or is another")
  func stuck() {
    var host = ObservedHost()
    host.live(30)
    host.live(1) { $0[5].write(.target, String(Bytes.gib(1).kib)) }
    host.live(60)
    host.balloon(to: .gib(1))
    #expect(host.kinds().contains(.notFollowing(target: .gib(1))))
    guard case .stuckEnded(let after?) = host.kinds().last else {
      Issue.record("its end was not told")
      return
    }
    #expect(after >= .seconds(41))
    host.live(1) { $0[5].write(.target, String(Bytes.gib(3).kib)) }
    host.live(30)
    host.live(1) { $0[5].write(.target, String(Bytes.mib(1100).kib)) }
    #expect(host.kinds().last.map(\.word) == "no longer stuck")
  }

  @Test("a guest that changes its words without end is told of six times a minute, and counted")
  func flood() {
    var host = ObservedHost()
    let minutes: Int64 = 30
    // Stale, fresh and silent by turns.
    host.live(minutes * 60) {
      if $0.second % 3 == 0 { $0[5].remove(.memtopReport) } else { Self.report(&$0) }
    }
    let told = host.kinds()
    #expect(told.count <= Int(6 * minutes) && told.count >= 50)
    #expect(told.contains { if case .leftOut = $0 { true } else { false } })
    for start in stride(from: Int64(0), to: minutes * 60, by: 7) {
      let inMinute = host.told.count { ($0.second >= start) && $0.second < start + 60 }
      #expect(inMinute <= 6)
    }
    // When it has calmed down, what it is at last was told.
    host.live(400) { Self.report(&$0) }
    #expect(
      host.kinds().last.map(\.word) == "report fresh" || host.kinds().last?.word == "left out")
  }

  @Test("nothing is left to be told of a domain at rest")
  func rest() {
    var watch = TurnWatch()
    let sample = TurnWatch.Sight(ObservedHost().sample())
    watch.note(sample, at: SteadyTime(milliseconds: 0)) { _ in Issue.record("told") }
    #expect(watch.isAtRest)
  }

  @Test("the host runs short below the guard's reserve, and has enough a quarter above it")
  func host() {
    var host = ObservedHost()
    host.host.total = .gib(64)
    let reserve = HostMemory.reserve(total: .gib(64))
    func live(_ seconds: Int64, free: Bytes) {
      host.live(seconds) { $0.host.free = free }
    }
    live(5, free: .gib(2))
    live(10, free: reserve - .mib(1))
    live(10, free: reserve + .mib(1))
    live(10, free: reserve + reserve / 4)
    #expect(
      host.kinds(0) == [
        .hostShort(free: reserve - .mib(1), reserve: reserve),
        .hostEnough(free: reserve + reserve / 4, after: .seconds(20)),
      ])
    #expect(host.told.allSatisfy { $0.name == "xen1" })
  }
}
