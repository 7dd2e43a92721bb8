import MemtopCore

/// A simulated host and its guests, as they are written down.
public struct Scenario: Sendable {
  /// Its name after `--scenario`.
  public let id: String
  /// One line for `--help`.
  public let description: String
  public let hostname: String
  public let total: Bytes
  /// What Xen itself holds.
  public let xen: Bytes
  public let dom0: Bytes
  /// How much of its past has been lived when it is opened.
  public let history: Span
  public let guests: [GuestPlan]

  /// Every scenario; the first one is what `--demo` opens.
  public static let all: [Scenario] = [datacenter, small, calm, squeeze, crowd]
  public static let standard = datacenter

  public static func named(_ name: String) -> Scenario? { all.first { $0.id == name } }
}
