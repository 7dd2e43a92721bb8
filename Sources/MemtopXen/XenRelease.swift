import MemtopCore
import MemtopSystem
import XenBridge

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
