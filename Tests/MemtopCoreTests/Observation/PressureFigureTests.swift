@testable import TestSupport
import Testing

@testable import MemtopCore

@Suite("the figure that an event of pressure names", .timeLimit(.minutes(30)))
struct PressureFigureTests {
  private static func text(
    _ word: Pressure, psi: Int? = nil, swapIn: Bytes, available: Bytes
  ) -> String? {
    let guest = TestHost.guest(5, busy: .gib(2) - available) {
      $0.pressure = word
      $0.report?.psiSome = psi
      $0.swapInRate = swapIn
    }
    return PressureFigure.text(guest)
  }

  @Test("it is the one that decided")
  func decided() {
    #expect(Self.text(.tight, psi: 300, swapIn: .kib(20), available: .mib(3)) == "PSI some 3%")
    // With PSI, reading back from swap is never asked.
    #expect(
      Self.text(.tight, psi: 100, swapIn: .kib(20), available: .mib(3))
        == "3M of 2.00G available")
    #expect(Self.text(.tight, swapIn: .kib(20), available: .gib(1)) == "swap-in 20K/s")
    #expect(Self.text(.short, swapIn: .kib(17), available: .mib(40)) == "40M of 2.00G available")
    #expect(Self.text(.short, swapIn: .kib(600), available: .mib(40)) == "swap-in 600K/s")
    #expect(Self.text(.short, swapIn: .kib(300), available: .gib(1)) == "swap-in 300K/s", "held")
    #expect(Self.text(.ok, swapIn: .zero, available: .gib(1)) == "1.00G of 2.00G available")
  }
}
