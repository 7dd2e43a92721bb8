import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct BalloonTests {
  private func setTarget(_ size: Bytes) -> (inout ObservedHost) -> Void {
    { $0[5].write(.target, String(size.kib)) }
  }

  private func isSettled(_ host: ObservedHost) -> Bool { host.sample().balloon.phase == .settled }

  @Test("a target that is followed: growing, there, told once, and known to follow")
  func follows() {
    var host = ObservedHost()
    host.live(30)
    #expect(!host.sample().balloon.hasFollowed)
    host.live(1, setTarget(.gib(3)))
    #expect(host.sample().balloon.phase == .growing(since: host.snapshot.steady))
    #expect(host.sample().balloon.startedFrom == .gib(2))
    host.balloon(to: .gib(3))
    #expect(isSettled(host))
    #expect(host.sample().balloon.hasFollowed)
    host.live(60)
    let expected: [HostEvent.Kind] = [
      .targetChanged(from: .gib(2), to: .gib(3), by: nil), .targetReached(.gib(3)),
    ]
    #expect(host.kinds() == expected)
  }

  @Test("a balloon that makes no progress for twenty seconds is stuck, and told of once")
  func sticks() {
    var host = ObservedHost()
    host.live(30)
    host.live(1, setTarget(.gib(1)))
    host.live(19)
    #expect(host.sample().state == .running)
    host.live(1)
    #expect(host.sample().state == .stuck)
    #expect(!host.sample().balloon.hasFollowed)
    host.live(100)
    #expect(host.kinds().filter { $0 == .notFollowing(target: .gib(1)) }.count == 1)
    // It moves a little and sticks again: no news.
    host.live(1) { $0[5].allocation -= .mib(10) }
    #expect(host.sample().state == .running)
    host.live(50)
    #expect(host.sample().state == .stuck)
    #expect(host.kinds().count == 2)
    // Another target is another story.
    host.live(1, setTarget(.mib(1500)))
    host.live(30)
    #expect(host.kinds().last == .notFollowing(target: .mib(1500)))
  }

  @Test("a paused domain whose target moves a little is on its way, not there")
  func pausedIsNotThere() {
    var host = ObservedHost()
    host.live(30) { $0[5].life = .paused }
    host.live(5, setTarget(.gib(2) - .mib(16)))
    #expect(!isSettled(host))
    host.live(5) { $0[5].life = .running }
    host.balloon(to: .gib(2) - .mib(16))
    #expect(isSettled(host))
  }

  @Test("slow progress is progress")
  func slow() {
    var host = ObservedHost()
    host.live(30)
    host.live(1, setTarget(.mib(2030)))
    host.balloon(to: .mib(2030), step: .kib(64))
    #expect(isSettled(host))
    #expect(host.kinds().last == .targetReached(.mib(2030)))
  }

  @Test("a paused domain cannot follow: its time does not run")
  func paused() {
    var host = ObservedHost()
    host.live(30)
    host.live(60) {
      $0[5].life = .paused
      $0[5].write(.target, String(Bytes.gib(1).kib))
    }
    #expect(host.sample().state == .paused)
    host.live(15) { $0[5].life = .running }
    #expect(host.sample().state == .running)
    #expect(!host.kinds().contains { $0.word == "stuck" })
    host.live(15)
    #expect(host.sample().state == .stuck)
  }

  @Test(
    "the toolstack's offset is no distance", arguments: [Bytes.zero, -.mib(1), -.mib(16), .mib(24)])
  func offset(offset: Bytes) {
    var guest = ObservedHost.guest(5)
    guest.allocation += offset
    var host = ObservedHost([guest])
    host.live(60)
    #expect(isSettled(host))
    #expect(host.sample().balloon.offset == offset)
    #expect(host.sample().promise == .zero)
    host.live(1, setTarget(.gib(3)))
    #expect(host.sample().promise == .gib(1))
    host.balloon(to: .gib(3) + offset)
    #expect(isSettled(host))
    host.live(1, setTarget(.gib(1)))
    host.balloon(to: .gib(1) + offset)
    host.live(60)
    #expect(isSettled(host))
    #expect(host.kinds().last == .targetReached(.gib(1)))
  }

  @Test("an HVM domain holds its video memory beside its target")
  func videoram() {
    var host = ObservedHost([ObservedHost.guest(5, videoram: .mib(128))])
    host.live(60)
    #expect(isSettled(host))
    #expect(host.sample().balloon.offset == .mib(128))
    #expect(host.sample().size == .gib(2))
  }

  @Test("an offset that was guessed in the middle of a journey is corrected at its end")
  func guessed() {
    for (start, end) in [(Bytes.mib(20), Bytes.zero), (-.mib(20), -.mib(1)), (.mib(5), -.mib(16))] {
      var guest = ObservedHost.guest(5)
      guest.allocation += start
      var host = ObservedHost([guest])
      host.balloon(to: .gib(2) + end, step: .mib(3))
      host.live(100)
      #expect(isSettled(host), "from \(start.short)")
      #expect((host.sample().balloon.offset - end).magnitude <= .mib(1))
      #expect(!host.sample().selfBallooning)
      #expect(host.kinds().isEmpty)
    }
  }

  @Test("one first seen on its way arrives where its driver keeps some pages back")
  func onItsWay() {
    var guest = ObservedHost.guest(5)
    guest.allocation = .gib(3)
    var host = ObservedHost([guest])
    #expect(host.sample().balloon.phase == .shrinking(since: host.snapshot.steady))
    host.balloon(to: .gib(2) - .mib(16))
    host.live(30)
    #expect(isSettled(host))
    #expect(host.sample().balloon.offset == -.mib(16))
    #expect(host.kinds() == [.targetReached(.gib(2))])
  }

  @Test("a small step that is not made is stuck, not an offset")
  func smallStep() {
    var host = ObservedHost()
    host.live(60)
    host.live(1, setTarget(.gib(2) + .mib(16)))
    host.live(21)
    #expect(host.sample().state == .stuck)
    #expect(host.sample().balloon.offset == .zero)
  }

  @Test("a guest that balloons through its own sysfs is neither shrinking nor stuck nor news")
  func sysfs() {
    var host = ObservedHost()
    host.live(60)
    for end in [Bytes.gib(1), .mib(1300), .gib(1)] {
      host.balloon(to: end)
      #expect(isSettled(host))
      host.live(60)
      #expect(isSettled(host))
      #expect(host.sample().state == .running)
      #expect(host.sample().selfBallooning)
    }
    #expect(host.kinds().isEmpty)
    // What it gave back it may take again.
    #expect(host.sample().promise == .gib(1))
    host.balloon(to: .gib(2))
    #expect(!host.sample().selfBallooning)
    // It follows a target as ever.
    host.balloon(to: .gib(1))
    host.live(10)
    host.live(1, setTarget(.mib(1500)))
    #expect(host.sample().balloon.phase == .growing(since: host.snapshot.steady))
    host.balloon(to: .mib(1500))
    #expect(!host.sample().selfBallooning)
    #expect(host.kinds().last == .targetReached(.mib(1500)))
  }

  @Test("a stuck guest that goes further away has a mind of its own")
  func wanderer() {
    var guest = ObservedHost.guest(5)
    guest.allocation = .gib(1)
    var host = ObservedHost([guest])
    host.live(30)
    #expect(host.sample().state == .stuck)
    host.live(1) { $0[5].allocation -= .mib(100) }
    #expect(host.sample().state == .running)
    #expect(host.sample().selfBallooning)
  }

  @Test("a guest with a selftarget is where it wants to be")
  func selfTarget() {
    var guest = ObservedHost.guest(5)
    guest.write(.selfTarget, "900000")
    guest.allocation = .mib(900)
    var host = ObservedHost([guest])
    host.live(60) { $0[5].allocation += .mib(1) }
    #expect(host.sample().selfBallooning)
    #expect(isSettled(host))
    #expect(host.kinds().isEmpty)
  }

  @Test("a report that states a target of its own says that the guest manages itself")
  func reportedTarget() {
    var guest = ObservedHost.guest(5)
    guest.allocation = .mib(900)
    var host = ObservedHost([guest])
    host.live(60) {
      $0[5].allocation += .mib(1)
      $0[5].write(.memtopReport, "v1 available=200000 self_target=900000")
    }
    #expect(host.sample().selfBallooning)
    #expect(isSettled(host))
    #expect(host.kinds().isEmpty)
    host.live(1) { $0[5].write(.memtopReport, "v1 available=200000") }
    #expect(!host.sample().selfBallooning)
  }

  @Test("a driver that announces itself, or a change of memtop's that is there, proves it follows")
  func proven() {
    func followed(_ change: (inout ObservedHost.Domain) -> Void) -> Bool {
      var guest = ObservedHost.guest(5)
      change(&guest)
      return ObservedHost([guest]).sample().balloon.hasFollowed
    }
    #expect(!followed { _ in })
    #expect(followed { $0.write(.featureBalloon, "1") })
    // xe-daemon writes this where there is no driver.
    #expect(!followed { $0.write(.featureBalloon, "0") })
    #expect(!followed { $0.write(.featureBalloon, "") })
    #expect(followed { $0.write(.balloonActive, "1") })
    #expect(!followed { $0.write(.balloonActive, "0") })
    #expect(followed { $0.write(.changeMark, "2097152 alice") })
    #expect(!followed { $0.write(.changeMark, "2097153 alice") })
    #expect(
      !followed {
        $0.write(.changeMark, "2097152 alice")
        $0.allocation -= .mib(20)
      })
  }

  @Test("a domain that is being built does not follow: it is filled")
  func built() {
    var host = ObservedHost([ObservedHost.guest(3)])
    var guest = ObservedHost.guest(5)
    (guest.life, guest.allocation) = (.paused, .mib(10))
    host.domains.append(guest)
    host.live(1)
    host.balloon(to: .gib(2), step: .mib(512))
    host.live(5) { $0[5].life = .running }
    #expect(host.sample().state == .booting)
    #expect(!host.sample().balloon.hasFollowed)
    #expect(host.kinds() == [.started])
  }
}
