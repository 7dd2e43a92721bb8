import Testing
import XenBridge

@Suite("whether libxenctrl's structures are the known ones", .timeLimit(.minutes(30)))
struct LayoutTests {
  /// As a call of libxenctrl's does, with whatever is in the structure, padding included.
  private func filled(_ size: Int, with value: UInt8) -> Int {
    struct Filling {
      var size: Int
      var value: UInt8
    }
    var filling = Filling(size: size, value: value)
    return withUnsafeMutablePointer(to: &filling) { filling in
      mt_filled(
        { space, context in
          let filling = context!.load(as: Filling.self)
          space!.initializeMemory(as: UInt8.self, repeating: filling.value, count: filling.size)
          return true
        }, filling)
    }
  }

  @Test("what a call fills is counted to its last byte", arguments: [1, 111, 112, 113, 120, 4096])
  func sizes(size: Int) {
    // The bytes that stand there before are among them.
    for value: UInt8 in [0, 1, 0x5A, 0xA5, 0xFF] { #expect(filled(size, with: value) == size) }
  }

  @Test("a call that fails says nothing of it, and one that fills nothing has no size")
  func fails() {
    let failed = mt_filled(
      { space, _ in
        space!.storeBytes(of: 1, as: UInt8.self)
        return false
      }, nil)
    #expect(failed == 0 && filled(0, with: 0) == 0)
  }
}
