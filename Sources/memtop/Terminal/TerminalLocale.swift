import Glibc

/// What characters the terminal is said to show.
enum TerminalLocale {
  /// Takes the locale of the environment, and tells whether its character set is UTF-8.
  ///
  /// A locale that is not installed leaves the C library in "C", which would print a UTF-8
  /// terminal's characters as question marks; any other UTF-8 locale of the host does instead.
  static func adopt() -> Bool {
    if setlocale(LC_CTYPE, "") == nil {
      guard asksForUTF8, substitutes.contains(where: { setlocale(LC_CTYPE, $0) != nil }) else {
        return false
      }
    }
    return String(cString: nl_langinfo(Int32(CODESET))) == "UTF-8"
  }

  /// Debian has C.UTF-8 everywhere; the glibc of XCP-ng 8.3 has none, but its archive of locales has
  /// English.
  private static let substitutes = ["C.UTF-8", "en_US.UTF-8", "en_GB.UTF-8"]

  /// By the order of setlocale(3): LC_ALL, then LC_CTYPE, then LANG; empty ones do not count.
  private static var asksForUTF8: Bool {
    let name = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(Environment.value).first ?? ""
    let flat = name.lowercased()
    return flat.hasSuffix("utf-8") || flat.hasSuffix("utf8")
  }
}

/// The environment's variables, where an empty one counts as not set.
enum Environment {
  static func value(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
