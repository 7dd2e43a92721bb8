import MemtopCore
import MemtopSystem
import XenBridge

/// libxl, opened for one change.
final class LightContext {
  private let handle: OpaquePointer

  init() throws(ChangeFailure) {
    var (handle, error): (OpaquePointer?, Int32) = (nil, 0)
    let words = text(capacity: 512) { handle = mt_light_open(&error, $0, $1) }
    guard let handle else {
      throw ChangeFailure(LibxlError(code: error, words: words).description)
    }
    self.handle = handle
  }

  deinit { mt_light_close(handle) }

  /// Blocks for as long as another program holds the domain's lock.
  func setTarget(_ domid: UInt16, _ size: Bytes) throws(LibxlError) {
    var result: Int32 = 0
    let words = text(capacity: 512) {
      result = mt_light_set_target(handle, UInt32(domid), size.kib, $0, $1)
    }
    if result != 0 { throw LibxlError(code: result, words: words) }
  }
}
