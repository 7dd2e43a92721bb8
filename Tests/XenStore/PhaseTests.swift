import Foundation
import MemtopCore
import Testing

@testable import MemtopXen

@Suite("the phases of a change", .timeLimit(.minutes(30)))
struct PhaseTests {
  private static func at(_ seconds: Int64) -> SteadyTime {
    SteadyTime(milliseconds: seconds * 1000)
  }

  private func watch(_ phase: ChangePhase = .starting) -> PhaseWatch {
    PhaseWatch(phase, ChangeLimits(), at: Self.at(0), end: Self.at(45))
  }

  @Test("each phase has its own limit, and all of them together one")
  func limits() {
    var watch = watch()
    #expect(watch.due == Self.at(30))
    watch.enter(.loading, at: Self.at(29))
    #expect(watch.due == Self.at(45))
    watch.enter(.checking, at: Self.at(31))
    #expect(watch.due == Self.at(45))
  }

  @Test("waiting for the lock is what is kept short, and it begins when it is seen")
  func lock() {
    var watch = watch(.setting)
    let wait = LockWait(pid: 812, name: "xl")
    watch.note(wait, at: Self.at(5))
    #expect(watch.due == Self.at(15))
    watch.note(wait, at: Self.at(9))
    #expect(watch.due == Self.at(15))
    #expect(
      watch.delay(at: Self.at(15)) == ChangeDelay(.locked, .seconds(10), holder: "process 812 (xl)")
    )
    // It got the lock.
    watch.note(nil, at: Self.at(14))
    #expect(watch.due == Self.at(44))
  }

  @Test("a process that is not in libxl waits for no domain's lock")
  func elsewhere() {
    var watch = watch(.checking)
    watch.note(LockWait(pid: 812, name: nil), at: Self.at(1))
    #expect(watch.phase == .checking)
  }

  @Test("where all the time is used up, the phase is named that used most of it")
  func longest() {
    var watch = watch()
    watch.enter(.loading, at: Self.at(25))
    watch.enter(.checking, at: Self.at(40))
    #expect(watch.delay(at: Self.at(45)) == ChangeDelay(.starting, .seconds(25)))
  }

  @Test(
    "why a change was given up, in words",
    arguments: [
      (.starting, nil, "gave up: the process that sets targets had not started after 10 s"),
      (.loading, nil, "gave up: Xen's libraries were not loaded after 10 s"),
      (.checking, nil, "gave up: Xen or xenstore had not responded to the last check after 10 s"),
      (.locked, "process 812 (xl)", "gave up: process 812 (xl) held the domain's lock for 10 s"),
      (.locked, nil, "gave up: another process held the domain's lock for 10 s"),
      (.setting, nil, "gave up: libxl had not set the target after 10 s"),
      (.asking, nil, "gave up: XAPI had not answered after 10 s; the range may still change"),
      (.reading, nil, "gave up: the target was not read back after 10 s"),
    ] as [(ChangePhase, String?, String)])
  func words(_ phase: ChangePhase, _ holder: String?, _ text: String) {
    #expect(ChangeDelay(phase, .seconds(10), holder: holder).description == text)
  }

  private static let table = """
    1: POSIX  ADVISORY  WRITE 700 00:18:41 0 EOF
    2: FLOCK  ADVISORY  WRITE 812 00:18:97 0 EOF
    2: -> FLOCK  ADVISORY  WRITE 907 00:18:97 0 EOF
    2:  -> FLOCK  ADVISORY  WRITE 908 00:18:97 0 EOF
    3: POSIX  ADVISORY  WRITE 5 00:18:98 0 EOF
    3: -> POSIX  ADVISORY  WRITE 909 00:18:98 0 EOF
    4: FLOCK  ADVISORY  WRITE 910 00:18:99 0 EOF
    """

  @Test(
    "who waits for which lock is told by the kernel's table",
    arguments: [(907, 812), (908, 812), (812, nil), (909, 5), (910, nil), (1, nil)]
      as [(pid_t, pid_t?)])
  func lockTable(_ process: pid_t, _ holder: pid_t?) {
    #expect(LockWait.holder(ofLockAwaitedBy: process, in: Self.table) == holder)
  }

  @Test("a broken table says nothing", arguments: ["", "2: ->", "-> FLOCK", "x\n\ny: FLOCK A W z"])
  func brokenTable(_ table: String) {
    #expect(LockWait.holder(ofLockAwaitedBy: 7, in: table) == nil)
  }
}
