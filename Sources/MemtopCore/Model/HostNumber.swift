import Synchronization

/// One of several hosts that are shown together, by the number that this process gave to its name.
///
/// A number, because every table of domains compares and hashes it.
public struct HostNumber: Hashable, Comparable, Sendable {
  package let rawValue: UInt16

  /// The host of a screen, command or recording that has one only.
  public static let only = HostNumber(rawValue: 0)

  /// The number of a name. It stays the same for as long as the process lives.
  ///
  /// Names beyond 65,535 share the last number.
  package static func named(_ name: String) -> HostNumber {
    names.withLock { names in
      if let known = names.numbers[name] { return known }
      guard names.list.count < UInt16.max else { return HostNumber(rawValue: .max) }
      names.list.append(name)
      let number = HostNumber(rawValue: UInt16(names.list.count))
      names.numbers[name] = number
      return number
    }
  }

  /// The name that it was given to; nil for `only`.
  public var name: String? {
    rawValue == 0 ? nil : Self.names.withLock { $0.list[Int(rawValue) - 1] }
  }

  public static func < (a: HostNumber, b: HostNumber) -> Bool { a.rawValue < b.rawValue }

  private struct Names {
    var list: [String] = []
    var numbers: [String: HostNumber] = [:]
  }

  private static let names = Mutex(Names())
}

extension DomainID {
  /// A domain's name where those of several hosts stand beside each other: "web1 on xen2".
  public func named(_ name: String) -> String { host.name.map { "\(name) on \($0)" } ?? name }
}
