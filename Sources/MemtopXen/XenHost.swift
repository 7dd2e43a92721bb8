import Glibc
import MemtopCore
import MemtopSystem
import XenBridge

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
    // The kernel takes any bytes, and a DHCP server may have chosen them.
    return SafeText.escaped(Array(name.prefix { $0 != "." }.utf8))
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

/// Why memtop cannot watch a Xen host from here: what was looked for, and what to do.
package enum XenUnavailable: Error, Hashable, Sendable, CustomStringConvertible {
  /// `found` says what each of the places looked at had to say.
  case notDom0(found: String)
  /// A Xen guest, as far as /sys/hypervisor tells.
  case guest(found: String)
  case notRoot(uid: UInt32)
  case unsupported(release: XenRelease)
  case unknownRelease(found: String)
  case libraryMissing(file: String, package: String, release: XenRelease, loader: String)
  /// The hypervisor does not take our calls.
  case refused(String)

  package var description: String {
    switch self {
    case .notDom0(let found):
      "this is not a Xen dom0: \(found). To try memtop without Xen: memtop --demo"
    case .guest(let found):
      "this is a Xen guest or a dom0 without xenfs: \(found)."
        + " In dom0: mount -t xenfs xenfs /proc/xen. To try memtop without Xen: memtop --demo"
    case .notRoot(let uid):
      "only root may ask the hypervisor (this is uid \(uid)): try sudo memtop"
    case .unsupported(let release):
      "this host runs Xen \(release); memtop needs Xen \(XenRelease.oldest) or later"
    case .unknownRelease(let found):
      "cannot find out which Xen version runs here: \(found)"
    case .libraryMissing(let file, let package, let release, let loader):
      "this host runs Xen \(release), but \(file) cannot be opened (\(loader));"
        + " on Debian it is in the package \(package)"
    case .refused(let why):
      "the hypervisor refuses: \(why)"
    }
  }
}

/// The Xen release that runs, which decides the libraries that can talk to it.
package struct XenRelease: Hashable, Sendable, CustomStringConvertible {
  package let major: Int32
  package let minor: Int32
  /// What follows, for example ".7" or ".0-rc1".
  package let extra: String

  package init(major: Int32, minor: Int32, extra: String = "") {
    self.major = major
    self.minor = minor
    self.extra = extra
  }

  /// As `xl info` gives `xen_version`.
  package var description: String { "\(major).\(minor)\(extra)" }

  /// The layout of `xc_domaininfo_t` differs before this.
  static let oldest = XenRelease(major: 4, minor: 17)

  var isSupported: Bool { (major, minor) >= (Self.oldest.major, Self.oldest.minor) }
}

/// The libraries that XenBridge opens at run time.
enum XenLibrary: CaseIterable {
  case control
  case store
  /// Brings a dozen more; only a process that sets a target opens it.
  case light

  private var bridged: mt_library {
    switch self {
    case .control: MT_LIBXENCTRL
    case .store: MT_LIBXENSTORE
    case .light: MT_LIBXENLIGHT
    }
  }

  func file(for release: XenRelease) -> String {
    text(capacity: 64) {
      mt_library_file(bridged, release.major, release.minor, $0, $1)
    }
  }

  /// The Debian package that holds the file.
  func package(for release: XenRelease) -> String {
    switch self {
    case .control, .light: "libxenmisc\(release.major).\(release.minor)"
    case .store: "libxenstore4"
    }
  }

  func open(for release: XenRelease) throws(XenUnavailable) {
    var ready = false
    let message = text(capacity: 512) {
      ready = mt_library_open(bridged, release.major, release.minor, $0, $1)
    }
    guard !ready else { return }
    throw .libraryMissing(
      file: file(for: release), package: package(for: release), release: release, loader: message)
  }
}
