import MemtopCore

/// One guest of a scenario, as it is written down.
public struct GuestPlan: Sendable {
  /// What goes wrong, or is special; times are seconds from the end of the scenario's history,
  /// negative before it.
  public enum Trait: Hashable, Sendable {
    case balloonStuck
    case noBalloonDriver
    /// Its driver does not announce itself (`control/feature-balloon`): plain xl guests cannot.
    case quietBalloon
    case paused
    case agentDies(at: Int64)
    /// Claims to have this much more available than it has.
    case lies(Bytes)
    case boots(at: Int64)
    case reboots(at: Int64)
    /// Somebody runs `xl mem-set` on it.
    case retargeted(at: Int64, to: Bytes)
  }

  public var name: String
  public var kind: DomainKind
  /// SIZE, as in the domain's configuration.
  public var memory: Bytes
  public var staticMax: Bytes
  public var videoram: Bytes = .zero
  public var dialect: ReportDialect?
  /// Between reports.
  public var interval: Span
  public var load: GuestLoad
  public var swap: Bytes
  public var fileSet: Bytes
  public var readRate: Bytes
  public var hotPermille: Int64
  public var system: String
  public var traits: Set<Trait>

  /// Whether it says that it has a balloon driver.
  var announcesBalloon: Bool {
    dialect != nil && traits.isDisjoint(with: [.quietBalloon, .noBalloonDriver])
  }

  init(
    _ name: String, kind: DomainKind = .pvh, _ memory: Bytes, max staticMax: Bytes,
    videoram: Bytes = .zero, says dialect: ReportDialect? = .memtop, every interval: Int64 = 5,
    _ load: GuestLoad, swap: Bytes = .gib(1), files: Bytes = .gib(2), reads: Bytes = .mib(12),
    hot: Int64 = 60, system: String = "Debian GNU/Linux 12 (bookworm)", traits: Set<Trait> = []
  ) {
    self.name = name
    self.kind = kind
    self.memory = memory
    self.staticMax = staticMax
    self.videoram = videoram
    self.dialect = dialect
    self.interval = .seconds(interval)
    self.load = load
    self.swap = swap
    self.fileSet = files
    self.readRate = reads
    self.hotPermille = hot
    self.system = system
    self.traits = traits
  }
}
