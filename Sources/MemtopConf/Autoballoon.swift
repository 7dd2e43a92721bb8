import MemtopCore

/// Whether `xl create` takes what it lacks from dom0 by itself: `autoballoon` in xl.conf(5).
package enum Autoballoon: Sendable {
  case on, off
  /// Only where Xen was booted without dom0_mem= (xl.c, auto_autoballoon).
  case auto

  package static let path = "/etc/xen/xl.conf"

  /// xl's own choice where the file cannot be read or says something else is `auto`.
  package static func read(_ path: String = path) -> Autoballoon {
    guard let config = try? XLConfig(path) else { return .auto }
    return Autoballoon(config)
  }

  init(_ config: XLConfig) {
    guard case .atom(let word) = config["autoballoon"]?.value else {
      self = .auto
      return
    }
    switch word {
    case "on", "1": self = .on
    case "off", "0": self = .off
    default: self = .auto
    }
  }

  /// What an operator should know who asked for more than the guests can give; nil where xl leaves dom0
  /// alone.
  package var hint: String? {
    switch self {
    case .off: nil
    case .on: "xl create takes what is missing from dom0 (autoballoon in \(Self.path))"
    case .auto:
      "xl create takes what is missing from dom0, unless Xen was booted with dom0_mem= (autoballoon in"
        + " \(Self.path))"
    }
  }
}
