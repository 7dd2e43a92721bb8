/// What is known of the meaning of an XAPI agent's `meminfo_free`.
///
/// xe-guest-utilities writes MemAvailable from 7.30 on (guestmetric_linux.go); before that it wrote MemFree,
/// which makes cache look busy. It gives its version in `attr/PVAddons`, and what its script found of the
/// guest in `data/os_*`. Agents of Windows write higher versions there, but no `data/os_uname`.
package struct XAPIFreeFinding: Hashable, Sendable {
  package var major: Int64
  package var minor: Int64

  /// nil where the agent does not tell, or wrote MemFree.
  init?(_ keys: StoreKeys) {
    func number(_ key: StoreKey) -> Int64? {
      keys[key].flatMap { ReportText.number(ReportText.trimmed($0[...])) }
    }
    guard let major = number(.agentMajor), let minor = number(.agentMinor),
      (major, minor) >= Self.first, (major, minor) < Self.limit, Self.isLinux(keys[.osUname])
    else { return nil }
    (self.major, self.minor) = (major, minor)
  }

  private static let first: (Int64, Int64) = (7, 30)
  /// Beyond what is known.
  private static let limit: (Int64, Int64) = (100, 0)

  /// A release of Linux begins with its number.
  private static func isLinux(_ release: [UInt8]?) -> Bool {
    release?.first.map { (UInt8(ascii: "2")...UInt8(ascii: "9")).contains($0) } ?? false
  }

  /// "its meminfo_free is MemAvailable (xe-guest-utilities 7.30)".
  package var sentence: String {
    "its meminfo_free is MemAvailable (xe-guest-utilities \(major).\(minor))"
  }

  /// How it can be found out, where it is not known.
  package static let hint =
    "its meminfo_free may not count cache: run memtop-agent or xe-guest-utilities 7.30 or later in it,"
    + " or set xapi-free in the policy"
}
