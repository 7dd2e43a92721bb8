import Glibc
import MemtopCore
import MemtopRecording
import MemtopSystem
import MemtopUI
import Testing

@testable import TestSupport
@testable import memtop

/// What a loop has written, in the pieces in which it wrote them.
private final class Written {
  var pieces: [[UInt8]] = []
  var isOpen = true
  /// What the reader needs for each piece.
  var readerTakes = Span.zero

  func take(_ bytes: UnsafeBufferPointer<UInt8>, _ loop: EmbeddedLoop) -> Bool {
    pieces.append(Array(bytes))
    loop.pass(readerTakes)
    return isOpen
  }
}

/// The loop of `memtop -b`, whose time the test moves.
@Suite("the loop of memtop -b", .timeLimit(.minutes(30))) struct BatchLoopTests {
  let loop = EmbeddedLoop()
  let host: TroubledHost
  private let written = Written()

  init() { host = TroubledHost(loop) }

  private func batch(samples: Int? = nil, interval: Span = .seconds(1)) -> Batch {
    Batch(
      host: host.connection, fields: [.name, .alloc].map(Field.of), list: ListChoice(),
      format: .csv, interval: interval, samples: samples, policies: .standard, loop: loop,
      write: { [written, loop] in written.take($0, loop) })
  }

  /// The times of the samples that were written, in milliseconds since the first.
  private var times: [Int64] {
    let times = written.pieces.compactMap { piece in
      String(decoding: piece, as: UTF8.self).split(separator: "\n").last
        .flatMap { $0.split(separator: ",").first }.flatMap { Int64($0) }
    }
    return times.map { $0 - times[0] }
  }

  @Test("a sample an interval, each in one piece, and no more than were asked for")
  func interval() throws {
    try batch(samples: 3, interval: .seconds(10)).run()
    #expect(host.seconds == [0, 10, 20] && times == [0, 10_000, 20_000])
    #expect(written.pieces.allSatisfy { $0.last == UInt8(ascii: "\n") })
  }

  @Test("a host that is slower than the interval is asked for one sample at a time")
  func slowHost() throws {
    host.readingTakes = .seconds(3)
    try batch(samples: 3).run()
    #expect(host.seconds.prefix(3) == [0, 3, 6] && written.pieces.count == 3)
  }

  @Test("a host that hangs for minutes is waited for")
  func hangs() throws {
    loop.after(.seconds(2)) { [host] in host.readingTakes = .minutes(5) }
    loop.after(.seconds(10)) { [host] in host.readingTakes = .zero }
    try batch(samples: 5).run()
    #expect(written.pieces.count == 5 && loop.time > SteadyTime(milliseconds: 1_300_000))
  }

  @Test("a host that fails for good ends it, with the host's word and status 1")
  func dies() {
    loop.after(.seconds(5)) { [host] in host.failure = SourceError("xenstore said no") }
    let failure = #expect(throws: Failure.self) { try batch().run() }
    #expect(failure?.line == "xenstore said no" && failure?.status == .failed)
    #expect(written.pieces.count == 5)
  }

  @Test("a reader that has closed the pipe ends it quietly, at the next sample")
  func closedPipe() throws {
    signal(SIGPIPE, SIG_IGN)
    let pipe = TestPipe()
    loop.after(Span(milliseconds: 4500)) { pipe.closeReading() }
    let output = Output(dup(pipe.writing), "the pipe")
    var batch = batch()
    batch.write = output.write
    try batch.run()
    #expect(host.seconds == [0, 1, 2, 3, 4, 5] && !output.hasFailed)
  }

  @Test("a reader that is slower than the interval gets no backlog of samples")
  func slowReader() throws {
    written.readerTakes = .seconds(7)
    try batch(samples: 5).run()
    let spans = zip(host.seconds, host.seconds.dropFirst()).map { $1 - $0 }
    #expect(host.seconds.count <= 6 && spans.dropFirst().allSatisfy { $0 >= 7 }, "\(spans)")
  }

  @Test(
    "a wall clock that steps an hour either way loses no sample, and is what is printed",
    arguments: [3_600, -3_600])
  func steps(seconds: Int64) throws {
    loop.after(Span(milliseconds: 2500)) { [loop] in loop.wall = loop.wall + .seconds(seconds) }
    try batch(samples: 5).run()
    #expect(host.seconds == [0, 1, 2, 3, 4])
    #expect(times == [0, 1, 2].map { $0 * 1000 } + [3, 4].map { ($0 + seconds) * 1000 })
  }
}

/// The loop of `memtop serve`, whose time the test moves.
@Suite("the loop of memtop serve", .timeLimit(.minutes(30))) struct StreamServiceTests {
  let loop = EmbeddedLoop()
  let host: TroubledHost
  private let written = Written()
  /// Whoever has started it holds the writing end.
  private let starter = TestPipe()

  init() { host = TroubledHost(loop) }

  private var service: StreamService {
    StreamService(
      host: host.connection, interval: .seconds(1), loop: loop, input: starter.reading,
      write: { [written, loop] in written.take($0, loop) })
  }

  /// Runs it until whoever has started it goes, so long after the beginning.
  private func run(for span: Span) throws(Failure) {
    loop.after(span) { [starter] in starter.closeWriting() }
    try service.run()
  }

  /// The samples that the other side arrives at.
  private func samples() throws -> [Snapshot] {
    var reader = StreamReader(host: .named("edge"), name: "edge")
    return try written.pieces.compactMap { try reader.take($0, at: loop.time, loop.clock.wall()) }
  }

  @Test("a sample an interval, until whoever has started it goes")
  func ends() throws {
    try run(for: Span(milliseconds: 10_500))
    #expect(loop.time == SteadyTime(milliseconds: 1_010_500))
    #expect(try samples().count == 11 && host.seconds.count == 11)
  }

  @Test("what is typed is for nobody")
  func typed() throws {
    for second in Int64(1)...4 {
      loop.after(.seconds(second)) { [starter] in starter.write("q\n") }
    }
    try run(for: Span(milliseconds: 6500))
    #expect(try samples().count == 7)
  }

  @Test("it ends while the host hangs, too")
  func endsWhileItHangs() throws {
    loop.after(.seconds(3)) { [host] in host.readingTakes = .minutes(60) }
    try run(for: Span(milliseconds: 20_500))
    #expect(loop.time == SteadyTime(milliseconds: 1_020_500))
    #expect(try samples().count == 3)
  }

  @Test("a host that is slower than the interval is asked for one sample at a time")
  func slowHost() throws {
    host.readingTakes = .seconds(3)
    try run(for: Span(milliseconds: 10_500))
    #expect(try samples().count == 3 && host.seconds == [0, 3, 6, 9])
  }

  @Test("a host that fails for good ends it, with the host's word and status 1")
  func dies() throws {
    loop.after(.seconds(5)) { [host] in host.failure = SourceError("xenstore said no") }
    let failure = #expect(throws: Failure.self) { try run(for: .minutes(60)) }
    #expect(failure?.line == "xenstore said no" && failure?.status == .failed)
    #expect(try samples().count == 5)
  }

  @Test("a reader that has closed the pipe ends it quietly, at the next sample")
  func closedPipe() throws {
    signal(SIGPIPE, SIG_IGN)
    let pipe = TestPipe()
    loop.after(Span(milliseconds: 4500)) { pipe.closeReading() }
    let output = Output(dup(pipe.writing), "the pipe")
    var service = service
    service.write = output.write
    try service.run()
    #expect(host.seconds == [0, 1, 2, 3, 4, 5] && !output.hasFailed)
  }

  @Test("a reader that is slower than the interval gets no backlog of samples")
  func slowReader() throws {
    written.readerTakes = .seconds(7)
    try run(for: .seconds(40))
    let spans = zip(host.seconds, host.seconds.dropFirst()).map { $1 - $0 }
    #expect(host.seconds.count <= 8 && spans.dropFirst().allSatisfy { $0 >= 7 }, "\(spans)")
    #expect(try samples().count == written.pieces.count)
  }

  @Test("a wall clock that steps an hour either way loses no sample", arguments: [3_600, -3_600])
  func steps(seconds: Int64) throws {
    loop.after(.seconds(5)) { [loop] in loop.wall = loop.wall + .seconds(seconds) }
    try run(for: Span(milliseconds: 10_500))
    #expect(try samples().count == 11)
  }
}
