import Foundation
import MemtopCore
@testable import MemtopRecording
import MemtopSystem
import Testing

@testable import TestSupport
@testable import memtop

/// The loop of `memtop regulate`, whose time the test moves.
@Suite("the regulator's loop", .timeLimit(.minutes(30))) struct RegulateLoopTests {
  let loop = EmbeddedLoop()
  let host: TroubledHost
  private let said = Lines()

  private final class Lines {
    var lines: [String] = []
    var isOpen = true
  }

  init() { host = TroubledHost(loop) }

  private func run(isDry: Bool = false) -> Failure? {
    let said = said
    return RegulateLoop(
      host: host.connection, policies: RegulatedHost.all, interval: .seconds(1), isDry: isDry,
      loop: loop
    ) { line in
      said.lines.append(line)
      return said.isOpen
    }.run()
  }

  @Test("a signal ends it, and nothing of it goes on")
  func ends() {
    loop.signal(SIGTERM, after: .seconds(210))
    #expect(run() == nil)
    #expect(
      said.lines.contains { $0.hasSuffix("are regulated; hand over others with M on the screen") })
    #expect(!host.written.isEmpty && host.logged == host.written)
    #expect(loop.time < SteadyTime(milliseconds: 1_212_000))
  }

  @Test(
    "its last words name the signal that ended it",
    arguments: [
      (SIGTERM, "ending by SIGTERM; every target stays as it is"),
      (
        SIGHUP,
        "ending by SIGHUP; every target stays as it is;"
          + " to apply a changed policy, restart the service"
      ),
    ])
  func lastWords(signal: Int32, words: String) {
    loop.signal(signal, after: .seconds(5))
    #expect(run() == nil)
    #expect(said.lines.last == words)
  }

  @Test("what it does is counted, and the counts are given away with each sign of life")
  func counts() throws {
    loop.signal(SIGTERM, after: .seconds(210))
    let given = Given()
    let regulating = RegulateLoop(
      host: host.connection, policies: RegulatedHost.all, interval: .seconds(1), isDry: false,
      loop: loop, publish: { given.counts.append($0) }, write: { _ in true })
    #expect(regulating.run() == nil)
    let moves = MoveCause.allCases.reduce(0) { $0 + Int(regulating.counts.moves($1)) }
    #expect(moves > 0 && moves + Int(regulating.counts.failures) == host.written.count)
    #expect(given.counts.count >= 17)
    let file = try TextfileDirectory()
    CountsFile(in: RuntimeDirectory(file.path)).write(regulating.counts)
    #expect(CountsFile(in: RuntimeDirectory(file.path)).read(of: getpid()) == regulating.counts)
    #expect(
      CountsFile(in: RuntimeDirectory(file.path)).read(of: 1) == nil
        && file.names == [CountsFile.name])
    CountsFile(in: RuntimeDirectory(file.path)).remove()
    #expect(
      file.names.isEmpty && CountsFile(in: RuntimeDirectory(file.path)).read(of: getpid()) == nil)
  }

  private final class Given { var counts: [RegulatorCounts] = [] }

  @Test("a journal that hangs does not keep it from deciding")
  func journalHangs() {
    loop.after(.seconds(150)) { [host] in host.logTakes = .minutes(60) }
    loop.signal(SIGTERM, after: .seconds(240))
    #expect(run() == nil)
    let later = zip(host.written, host.readingsAtWrites).count { $0.1 > 165 }
    #expect(later > 2 && host.logged.count < host.written.count)
    #expect(said.lines.count { $0.contains("the system's log does not respond") } == 1)
  }

  @Test("that no journal takes what it changes is told of once, and when one does again")
  func noJournal() {
    host.logIsGone = true
    loop.after(.seconds(180)) { [host] in host.logIsGone = false }
    loop.signal(SIGTERM, after: .seconds(240))
    #expect(run() == nil)
    let lines = said.lines.filter { $0.contains("system's log") || $0.contains("system log") }
    #expect(
      lines == [
        "there is no system log (/dev/log), so the last change is not in it",
        "the system's log takes what is changed again",
      ])
  }

  @Test("a release counts once, however often xenstore refuses its key")
  func releases() throws {
    loop.after(.seconds(160)) { [host] in
      guard let moved = host.written.last else { return }
      host.keysFailure = SourceError("xenstore said no")
      host.setByOthers = TargetOrder(
        domain: moved.domain, name: moved.name, from: moved.to, to: moved.to + .mib(64),
        reason: "by hand")
    }
    loop.signal(SIGTERM, after: .seconds(240))
    let regulating = RegulateLoop(
      host: host.connection, policies: RegulatedHost.all, interval: .seconds(1), isDry: false,
      loop: loop,
      write: { [said] in
        said.lines.append($0); return true
      })
    _ = regulating.run()
    #expect(said.lines.count { $0.contains(": released: ") } == 1, "\(said.lines)")
    #expect(regulating.counts.releases == 1)
  }

  private static let saved = "is being saved or migrated; a new target would break that or be lost"

  @Test("what the guard stops on its last look is told")
  func stoppedAtLast() {
    loop.after(.seconds(160)) { [host] in host.facts.isBeingSaved = true }
    loop.signal(SIGTERM, after: .seconds(210))
    #expect(run() == nil)
    let stopped = said.lines.filter { $0.contains(": failed: ") }
    #expect(!stopped.isEmpty && stopped.allSatisfy { $0.hasSuffix(Self.saved) }, "\(said.lines)")
  }

  @Test("if the guard stops the second target of a nudge, it tells where the first left the domain")
  func stoppedNudge() throws {
    let loop = EmbeddedLoop()
    let host = TroubledHost(loop, scenario: "datacenter")
    let said = said
    host.savesNudged = true
    loop.signal(SIGTERM, after: .seconds(600))
    _ = RegulateLoop(
      host: host.connection, policies: RegulatedHost.all, interval: .seconds(1), isDry: false,
      loop: loop
    ) { line in
      said.lines.append(line)
      return true
    }.run()
    let first = try #require(host.written.first { $0.nudge != nil })
    let told = said.lines.filter { $0.contains("the nudge left its target at") }
    #expect(told.count == 1, "\(said.lines)")
    #expect(
      told.first?.hasSuffix("\(Self.saved); the nudge left its target at \(first.to.short)") == true
    )
  }

  @Test("a target that was set last is in its domain's key when it ends")
  func keysAtTheEnd() throws {
    // In the middle of a write.
    host.writeTakes = .seconds(20)
    loop.signal(SIGTERM, after: .seconds(190))
    #expect(run() == nil)
    let last = try #require(host.written.last).domain
    let domain = try #require(try host.read { _ in }.domains.first { $0.id == last })
    let key = domain.keys[.regulation].flatMap { Regulation($0, of: last.uuid) }
    let target = try #require(domain.keys[.target].flatMap { Bytes(storeKiB: $0) })
    #expect(key == .regulated(by: "the policy", at: .target(target)), "\(said.lines)")
  }

  @Test("a host that hangs is told of once, and when it answers again")
  func hangs() {
    loop.after(.seconds(10)) { [host] in host.readingTakes = .seconds(30) }
    loop.after(.seconds(15)) { [host] in host.readingTakes = .zero }
    loop.signal(SIGTERM, after: .seconds(60))
    #expect(run() == nil)
    let trouble = said.lines.filter { $0.contains("host") && !$0.contains("regulated") }
    #expect(trouble == ["the host has not responded for 6 s", "the host responds again"])
  }

  @Test("keys that xenstore does not take are told of once, and when it takes them again")
  func keysRefused() {
    let no = SourceError("cannot write /local/domain/0/memory/x: No space left on device")
    loop.after(.seconds(10)) { [host] in host.keysFailure = no }
    loop.after(.seconds(50)) { [host] in host.keysFailure = nil }
    loop.signal(SIGTERM, after: .seconds(210))
    #expect(run() == nil)
    let trouble = said.lines.filter { $0.contains("writ") || $0.contains("responds") }
    #expect(trouble == [no.description, "the keys in xenstore are written again"])
    #expect(!host.written.isEmpty && host.logged == host.written)
  }

  @Test("a wall clock that steps an hour either way changes nothing", arguments: [3_600, -3_600])
  func steps(seconds: Int64) {
    func orders(_ step: Int64) -> [TargetOrder] {
      let (loop, lines) = (EmbeddedLoop(), Lines())
      let host = TroubledHost(loop)
      loop.after(.seconds(160)) { loop.wall = loop.wall + .seconds(step) }
      loop.signal(SIGTERM, after: .seconds(240))
      let failure = RegulateLoop(
        host: host.connection, policies: RegulatedHost.all, interval: .seconds(1), isDry: false,
        loop: loop
      ) { line in
        lines.lines.append(line)
        return true
      }.run()
      #expect(failure == nil)
      return host.written
    }
    #expect(orders(seconds) == orders(0))
    #expect(!orders(0).isEmpty)
  }

  @Test("a signal ends it while the host hangs, after the time that its last sign of life is given")
  func endsWhileItHangs() {
    loop.after(.seconds(10)) { [host] in host.readingTakes = .minutes(60) }
    loop.signal(SIGTERM, after: .seconds(20))
    #expect(run() == nil)
    #expect(loop.time == SteadyTime(milliseconds: 1_035_000))
  }

  @Test("a signal that comes while a target is being written waits for that")
  func endsWhileItWrites() {
    host.writeTakes = .seconds(20)
    loop.signal(SIGTERM, after: .seconds(190))
    #expect(run() == nil)
    #expect(!host.written.isEmpty && host.logged == host.written)
  }

  @Test("stopped and continued, it gives its watch back meanwhile and goes on")
  func stopped() {
    loop.signal(SIGTSTP, after: .seconds(5))
    loop.signal(SIGTERM, after: .seconds(20))
    #expect(run() == nil)
    #expect(loop.stops == [SIGTSTP] && host.pauses == 1 && host.resumes == 1)
    #expect(host.seconds.max()! >= 19)
  }

  @Test("signals of the screen's do not end it")
  func harmless() {
    loop.signal(SIGWINCH, after: .seconds(3))
    loop.signal(SIGCONT, after: .seconds(4))
    loop.signal(SIGTERM, after: .seconds(10))
    #expect(run() == nil)
    #expect(loop.time >= SteadyTime(milliseconds: 1_010_000))
  }

  @Test("a dry run that nobody reads any more ends, and writes nothing")
  func unheard() {
    let said = said
    loop.after(.seconds(30)) { said.isOpen = false }
    loop.signal(SIGTERM, after: .minutes(60))
    #expect(run(isDry: true) == nil)
    #expect(host.written.isEmpty)
    #expect(loop.time < SteadyTime(milliseconds: 4_600_000))
  }
}

@Suite("the recorder's loop", .timeLimit(.minutes(30))) struct RecordLoopTests {
  let loop = EmbeddedLoop()
  let host: TroubledHost
  private let file = NSTemporaryDirectory() + "memtop-\(UUID().uuidString).memtop"
  private let said = Lines()

  private final class Lines { var lines: [String] = [] }

  init() { host = TroubledHost(loop) }

  /// - Returns: how many samples were recorded.
  private func run() throws -> (samples: Int, Failure?) {
    defer {
      for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + end) }
    }
    let writer = try RecordingWriter(file, RecordingOptions(), now: loop.clock.wall())
    let said = said
    var record = RecordLoop(
      host: host.connection, loop: loop, writer: writer, interval: .seconds(1),
      status: RecordStatus(file, clock: loop.clock)
    ) { said.lines.append($0) }
    let failure = record.run()
    try writer.close()
    let ids = try #require(try RecordingFile(file).samples.ids)
    return (ids.count, failure)
  }

  @Test("a sample an interval, until a signal")
  func records() throws {
    loop.signal(SIGINT, after: Span(milliseconds: 10_500))
    let (samples, failure) = try run()
    #expect(samples == 11 && failure == nil && said.lines.isEmpty, "\(samples) \(said.lines)")
  }

  @Test("a wall clock that steps an hour either way loses no sample", arguments: [3_600, -3_600])
  func steps(seconds: Int64) throws {
    loop.after(.seconds(5)) { [loop] in loop.wall = loop.wall + .seconds(seconds) }
    loop.signal(SIGINT, after: Span(milliseconds: 10_500))
    let (samples, failure) = try run()
    #expect(samples == 11 && failure == nil && said.lines.isEmpty, "\(samples) \(said.lines)")
  }

  @Test("a host that fails and one that hangs are each told of once, and that it goes on")
  func trouble() throws {
    loop.after(.seconds(2)) { [host] in host.failure = SourceError("xenstore said no") }
    loop.after(.seconds(6)) { [host] in host.failure = nil }
    loop.after(.seconds(10)) { [host] in host.readingTakes = .seconds(9) }
    loop.after(.seconds(12)) { [host] in host.readingTakes = .zero }
    loop.signal(SIGTERM, after: .seconds(30))
    #expect(try run().1 == nil)
    #expect(
      said.lines == [
        "xenstore said no", "recording resumed", "the host has not responded for 6 s",
        "recording resumed",
      ])
  }
}
