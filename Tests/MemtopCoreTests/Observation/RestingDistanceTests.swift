import Testing

@testable import MemtopCore
@testable import TestSupport

/// Distances from its target at which a domain is at rest, wider than a toolstack's.
@Suite(.timeLimit(.minutes(30))) struct RestingDistanceTests {
  private static func backend(_ size: Bytes = .gib(2)) -> ObservedHost.Domain {
    var guest = ObservedHost.guest(5, size: size)
    guest.write(.backend, "")
    return guest
  }

  private static func isAtRest(_ host: ObservedHost) -> Bool {
    let sample = host.sample()
    return sample.balloon.phase == .settled && !sample.selfBallooning && sample.state == .running
  }

  @Test("pages that a backend lends to grants come and go: it does not manage itself")
  func lends() {
    var host = ObservedHost([Self.backend()])
    host.live(60)
    for lent in [Bytes.mib(3), .mib(40), .mib(250), .mib(12), .zero, .mib(100)] {
      host.live(30) { $0[5].allocation = .gib(2) - lent }
      #expect(Self.isAtRest(host), "\(lent.short)")
      // What it lent it takes again.
      #expect(host.sample().promise == lent)
    }
    #expect(host.kinds().isEmpty)
    host.live(30) { $0[5].allocation = .gib(2) - .mib(300) }
    #expect(host.sample().selfBallooning, "more than an eighth is no grant")
  }

  @Test("any domain may lend a little, and none may hold more than its target")
  func lendsLittle() {
    var host = ObservedHost()
    host.live(60)
    host.live(30) { $0[5].allocation = .gib(2) - .mib(20) }
    #expect(Self.isAtRest(host))
    host.live(30) { $0[5].allocation = .gib(2) - .mib(40) }
    #expect(host.sample().selfBallooning)
    var above = ObservedHost([Self.backend()])
    above.live(60)
    above.live(30) { $0[5].allocation = .gib(2) + .mib(20) }
    #expect(above.sample().selfBallooning)
  }

  @Test("a backend that was lending when memtop came is not stuck, and may have it all again")
  func foundLending() {
    var guest = Self.backend()
    guest.allocation -= .mib(200)
    var host = ObservedHost([guest])
    host.live(30)
    #expect(Self.isAtRest(host))
    #expect(host.kinds().isEmpty)
    host.live(60) { $0[5].allocation = .gib(2) }
    #expect(Self.isAtRest(host))
    #expect(host.sample().balloon.offset == .zero)
    host.live(60) { $0[5].allocation = .gib(2) - .mib(90) }
    #expect(Self.isAtRest(host))
  }

  @Test("a backend arrives though it lends")
  func arrives() {
    var host = ObservedHost([Self.backend()])
    host.live(60)
    host.live(1) { $0[5].write(.target, String(Bytes.mib(2148).kib)) }
    host.balloon(to: .mib(2148) - .mib(60))
    host.live(25)
    #expect(Self.isAtRest(host))
    #expect(host.kinds().last == .targetReached(.mib(2148)))
  }

  /// FreeBSD under PVH, of 8 GiB: it takes the hole below 4 GiB for memory, and gives 256 MiB too much back.
  private static func freeBSD(total: Bytes? = .mib(7_980)) -> ObservedHost.Domain {
    var guest = ObservedHost.guest(5, size: .gib(8))
    guest.write(.staticMax, String(Bytes.gib(8).kib))
    guest.allocation -= .mib(256)
    if let total {
      guest.write(.xapiTotal, String(total.kib))
      guest.write(.xapiFree, String(Bytes.gib(6).kib))
    }
    return guest
  }

  @Test(
    "a distance that stays, and that MemTotal agrees with, is an offset",
    arguments: [Bytes.mib(7_980), .mib(7_600), .gib(8)])
  func hole(total: Bytes) {
    var host = ObservedHost([Self.freeBSD(total: total)])
    host.live(30)
    #expect(Self.isAtRest(host))
    #expect(host.sample().balloon.offset == -.mib(256))
    #expect(host.kinds().isEmpty)
    // It follows from there.
    host.live(60)
    host.live(1) { $0[5].write(.target, String(Bytes.gib(7).kib)) }
    host.balloon(to: .gib(7) - .mib(256))
    host.live(2)
    #expect(Self.isAtRest(host))
    #expect(host.kinds().last == .targetReached(.gib(7)))
    // The rest is counted as promised: what a guest says must not make the host give it away.
    #expect(host.sample().promise == .mib(224))
  }

  @Test(
    "without a MemTotal that agrees it is stuck",
    arguments: [nil, Bytes.gib(3), .gib(4), .mib(8_200)] as [Bytes?])
  func disagrees(total: Bytes?) {
    var host = ObservedHost([Self.freeBSD(total: total)])
    host.live(30)
    #expect(host.sample().state == .stuck)
  }

  @Test("an agent that comes late explains the distance then")
  func lateAgent() {
    var host = ObservedHost([Self.freeBSD(total: nil)])
    host.live(60)
    #expect(host.sample().state == .stuck)
    host.live(2) {
      $0[5].write(.xapiTotal, String(Bytes.mib(7_980).kib))
      $0[5].write(.xapiFree, String(Bytes.gib(6).kib))
    }
    #expect(Self.isAtRest(host))
  }

  @Test("one that was sent that far and does not move is stuck, whatever its MemTotal says")
  func sent() {
    var guest = ObservedHost.guest(5, size: .gib(4))
    guest.write(.staticMax, String(Bytes.gib(8).kib))
    guest.write(.xapiTotal, String(Bytes.mib(3_900).kib))
    guest.write(.xapiFree, String(Bytes.gib(2).kib))
    var host = ObservedHost([guest])
    host.live(60)
    host.live(1) { $0[5].write(.target, String((Bytes.gib(4) + .mib(256)).kib)) }
    host.live(30)
    #expect(host.sample().state == .stuck)
  }

  @Test("a driver that wakes up and goes the rest of the way does not manage itself")
  func wakes() {
    var host = ObservedHost([Self.freeBSD()])
    host.live(60)
    #expect(host.sample().balloon.offset == -.mib(256))
    host.balloon(to: .gib(8))
    host.live(30)
    #expect(Self.isAtRest(host))
    #expect(host.sample().balloon.offset == .zero)
  }
}
