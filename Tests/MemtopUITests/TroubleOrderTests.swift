import MemtopSimulation
import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// Only domains that changed, or wait to move down, are ranked again.
@Suite("the order by trouble", .timeLimit(.minutes(30))) struct TroubleOrderTests {
  @Test("it is the same as if all domains were ranked each second, whatever happens")
  func equal() {
    var source = ChangingHost()
    let observers = (kept: Observer(), anew: Observer())
    var (kept, anew) = (TroubleOrder(), TroubleOrder())
    var (orders, waiting) = (Set<[Int]>(), 0)
    for second in Int64(1)...200 {
      let readings = source.live(second)
      let one = kept.update(observers.kept.observe(readings.kept), [])
      let other = anew.update(observers.anew.observe(readings.anew), [])
      guard one == other else {
        Issue.record("second \(second): \(one) and \(other)")
        return
      }
      orders.insert(one)
      waiting += kept.isSettled ? 0 : 1
    }
    #expect(orders.count > 10 && waiting > 10, "\(orders.count) \(waiting)")
  }
}
