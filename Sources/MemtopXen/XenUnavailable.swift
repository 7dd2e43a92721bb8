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
