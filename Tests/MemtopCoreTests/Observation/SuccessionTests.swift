import Testing

@testable import MemtopCore
@testable import TestSupport

/// What reports show in a row.
@Suite(.timeLimit(.minutes(30))) struct SuccessionTests {
  /// One report of the guest's agent; `number` is its seq.
  private static func say(
    _ host: inout ObservedHost, _ figures: String = "available=1000000 free=900000",
    number: Int64? = nil, interval: Int64 = 1
  ) {
    host[5].write(
      .memtopReport, "v1 \(figures) interval=\(interval) seq=\(number ?? 100 + host.second)")
  }

  @Test("an idle guest that says the same for hours is believed")
  func idle() {
    var host = ObservedHost()
    for _ in 0..<(5 * 60) {
      host.skip(59)
      host.live(1) { Self.say(&$0, interval: 60) }
      #expect(host.sample().health == .fresh)
    }
  }

  @Test("who says the same to the byte for six hours is implausible, until it says something else")
  func standstill() {
    var host = ObservedHost()
    for _ in 0..<(6 * 60 + 1) {
      host.skip(59)
      host.live(1) { Self.say(&$0, interval: 60) }
    }
    #expect(
      host.sample().health == .implausible("has reported exactly the same figures for more than 6h")
    )
    for minute in Int64(1)...4 {
      host.skip(59)
      host.live(1) { Self.say(&$0, "available=\(1_000_000 + minute)", interval: 60) }
    }
    #expect(host.sample().health == .fresh)
  }

  @Test("a few reports of one thing are no standstill, however long they take")
  func seldom() {
    var host = ObservedHost()
    for _ in 0..<20 {
      host.skip(3599)
      host.live(1) { Self.say(&$0, interval: 3600) }
    }
    #expect(host.sample().health == .fresh)
  }

  @Test("who says the same after its memory moved is implausible", arguments: [-1, 1] as [Int64])
  func moved(direction: Int64) {
    var host = ObservedHost()
    host.live(10) { Self.say(&$0) }
    host[5].allocation += .mib(128 * direction)
    host.live(2) { Self.say(&$0) }
    #expect(host.sample().health == .fresh)
    host.live(1) { Self.say(&$0) }
    let now = direction < 0 ? "1.88G" : "2.13G"
    let why = "reports the same figures although its allocation moved from 2.00G to \(now)"
    #expect(host.sample().health == .implausible(why))
    #expect(host.news() == [.reportImplausible(why)])
    // Having its memory back does not make it true.
    host[5].allocation = .gib(2)
    host.live(100) { Self.say(&$0) }
    #expect(host.sample().health == .implausible(why))
  }

  @Test("a report that lags behind a balloon by two is believed")
  func lagging() {
    var host = ObservedHost()
    for step in Int64(0)..<20 {
      host[5].allocation -= .mib(32)
      host.live(2) { Self.say(&$0, "available=\(1_000_000 - step * 32768) free=100000") }
      #expect(host.sample().health == .fresh)
    }
  }

  @Test("a little of its memory may move and leave no trace")
  func movedLittle() {
    var host = ObservedHost()
    host.live(5) { Self.say(&$0) }
    host[5].allocation -= .mib(15)
    host.live(60) { Self.say(&$0) }
    #expect(host.sample().health == .fresh)
  }

  @Test("who has nothing left goes on having nothing, wherever its memory moves")
  func nothingLeft() {
    var host = ObservedHost()
    host.live(5) { Self.say(&$0, "available=0") }
    host[5].allocation -= .mib(64)
    host.live(20) { Self.say(&$0, "available=0") }
    #expect(host.sample().health == .fresh)
  }

  @Test("an agent that numbers no reports, or one that is stuck, is not judged by others")
  func unnumbered() {
    var host = ObservedHost()
    host.live(5) { $0[5].write(.memtopReport, "v1 available=1000000 interval=1") }
    host[5].allocation -= .mib(64)
    host.live(20) { $0[5].write(.memtopReport, "v1 available=1000000 interval=1") }
    #expect(host.sample().health == .fresh)
    host.live(20) { Self.say(&$0, number: 7) }
    #expect(host.sample().health == .fresh)
  }

  @Test("what was swapped since boot does not become less", arguments: ["in", "out"])
  func backward(way: String) {
    var host = ObservedHost()
    host.live(5) { Self.say(&$0, "available=1000000 swap_\(way)=4194304") }
    host.live(1) { Self.say(&$0, "available=1000000 swap_\(way)=3145728") }
    let why = "claims 3.00G swapped \(way) since boot, less than the 4.00G it claimed before"
    #expect(host.sample().health == .implausible(why))
  }

  @Test("where the numbering begins again it is a reboot", arguments: [1, 3, 30] as [Int64])
  func reboot(after pause: Int64) {
    var host = ObservedHost()
    host.live(5) { Self.say(&$0, "available=1000000 swap_in=4194304", number: $0.second) }
    // Nobody looked: by now it has sent more reports than before.
    host.skip(pause * 10)
    host.live(1) { Self.say(&$0, "available=1000000 swap_in=0", number: pause * 10) }
    #expect(host.sample().health == .fresh)
  }

  @Test("more than any device reads back is implausible")
  func tooFast() {
    var host = ObservedHost()
    host.live(5) { Self.say(&$0, "available=1000000 swap_in=0") }
    host.live(1) { Self.say(&$0, "available=1000000 swap_in=\(Bytes.gib(4000).kib)") }
    #expect(host.sample().health == .implausible("claims 3.91T swapped in within 2s"))
  }

  @Test("a fast compressor that was looked at seldom is believed")
  func fast() {
    var host = ObservedHost()
    host.live(5) { Self.say(&$0, "available=1000000 swap_in=0") }
    host.skip(600)
    // Two reports, one written long after the look before and one just now.
    host.live(1) { Self.say(&$0, "available=1000000 swap_in=0") }
    host.live(1) { Self.say(&$0, "available=1000000 swap_in=\(Bytes.gib(6000).kib)") }
    #expect(host.sample().health == .fresh)
  }

  @Test("all that it held may become available at once, and go at once")
  func available() {
    var host = ObservedHost()
    host.live(20) {
      Self.say(&$0, "available=\($0.second % 2 == 0 ? 10 : 2_000_000)")
      #expect($0.second == 1 || $0.sample().health == .fresh)
    }
  }
}
