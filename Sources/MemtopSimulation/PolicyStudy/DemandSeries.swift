import MemtopCore

/// What a guest's programs want and read, in steps of five seconds from the start of a trial.
public struct DemandSeries: Sendable {
  /// A program that loses memory, on top of the steps: it begins anew whenever it is started.
  public struct Leak: Sendable {
    public var perHour: Bytes
    /// How long it had been running when the trial began, in seconds.
    public var age: Int
    /// When it is started anew as a matter of routine; ascending seconds.
    public var restarts: [Int]
  }

  /// Seconds that a step lasts.
  static let step = 5

  /// Anonymous memory in KiB.
  public private(set) var demand: [Int32]
  /// How busily files are read, in hundredths of the guest's rate.
  public private(set) var reading: [UInt8]
  public var leak: Leak?

  /// Seconds that the first step is shorter by, so that not all guests move in the same second.
  public var phase: Int

  init(hours: Int, phase: Int, demand: (Int) -> Bytes, reading: (Int) -> Int) {
    let count = (hours * 3600 + phase) / Self.step + 1
    self.phase = phase
    self.demand = (0..<count).map { Int32(clamping: demand($0 * Self.step).kib) }
    self.reading = (0..<count).map { UInt8(clamping: reading($0 * Self.step)) }
  }

  /// A number that this series always has, and hardly any other: FNV-1a.
  func digest(into hash: inout UInt64) {
    func mix(_ number: UInt64) { hash = (hash ^ number) &* 0x100_0000_01B3 }
    for value in demand { mix(UInt64(bitPattern: Int64(value))) }
    for value in reading { mix(UInt64(value)) }
    mix(UInt64(phase))
    guard let leak else { return }
    mix(UInt64(leak.perHour.kib))
    mix(UInt64(leak.age))
    for second in leak.restarts { mix(UInt64(second)) }
  }
}
