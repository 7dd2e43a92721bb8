import Glibc
import MemtopCore
import MemtopSystem

/// A Xen host that can be watched from here: this is its dom0, and its libraries are open.
package struct XenHost: Sendable {
  package let release: XenRelease
  package let hostname: String

  /// Finds out whether this is a dom0 that memtop can work in; call it before anything else of Xen.
  ///
  /// Nothing is written and no hypercall is made. `root` stands before every path (for tests).
  package static func probe(root: String = "", uid: UInt32 = geteuid())
    -> Result<XenHost, XenUnavailable>
  {
    do throws(XenUnavailable) {
      try requireDom0(root)
      let release = try runningRelease(root)
      guard release.isSupported else { throw .unsupported(release: release) }
      guard uid == 0 else { throw .notRoot(uid: uid) }
      try XenLibrary.control.open(for: release)
      try XenLibrary.store.open(for: release)
      return .success(XenHost(release: release, hostname: thisHostname()))
    } catch {
      return .failure(error)
    }
  }

  /// Dom0 is told by `control_d` in xenfs (Linux, drivers/xen/xenfs/super.c, capabilities_read).
  private static func requireDom0(_ root: String) throws(XenUnavailable) {
    let capabilities = Clue(root, "/proc/xen/capabilities")
    // By words, since the first search for a string in a string costs the start two milliseconds.
    if capabilities.text?.split(whereSeparator: \.isWhitespace).contains("control_d") == true {
      return
    }
    let type = Clue(root, "/sys/hypervisor/type")
    let found = "no control_d in \(capabilities); \(type)"
    if type.text == "xen" { throw .guest(found: found) }
    throw .notDom0(found: found)
  }

  private static func runningRelease(_ root: String) throws(XenUnavailable) -> XenRelease {
    let major = Clue(root, "/sys/hypervisor/version/major")
    let minor = Clue(root, "/sys/hypervisor/version/minor")
    guard let majorNumber = major.text.flatMap(Int32.init),
      let minorNumber = minor.text.flatMap(Int32.init)
    else { throw .unknownRelease(found: "\(major), \(minor)") }
    let extra = Clue(root, "/sys/hypervisor/version/extra").text ?? ""
    return XenRelease(major: majorNumber, minor: minorNumber, extra: extra)
  }

  private static func thisHostname() -> String {
    let name = text(capacity: 256) { _ = gethostname($0, $1) }
    return String(name.prefix { $0 != "." })
  }
}

/// One place that was looked at, and what it said.
private struct Clue: CustomStringConvertible {
  let path: String
  let content: Result<String, Errno>

  init(_ root: String, _ path: String) {
    self.path = path
    do throws(Errno) {
      content = .success(try SystemFile.text(root + path))
    } catch {
      content = .failure(error)
    }
  }

  var text: String? { try? content.get() }

  var description: String {
    switch content {
    case .success(let text): "\(path) says \"\(text)\""
    case .failure(let error): "\(path): \(error)"
    }
  }
}
