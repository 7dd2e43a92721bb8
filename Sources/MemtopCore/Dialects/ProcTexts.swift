/// The texts of this machine's /proc that its own figures come from; nil where a file is missing.
public struct ProcTexts: Sendable {
  public var meminfo: [UInt8]
  public var vmstat: [UInt8]?
  /// /proc/pressure/memory.
  public var pressure: [UInt8]?
  /// /proc/spl/kstat/zfs/arcstats.
  public var arcstats: [UInt8]?

  public init(
    meminfo: [UInt8], vmstat: [UInt8]? = nil, pressure: [UInt8]? = nil, arcstats: [UInt8]? = nil
  ) {
    self.meminfo = meminfo
    self.vmstat = vmstat
    self.pressure = pressure
    self.arcstats = arcstats
  }
}

extension GuestReport {
  /// This machine's own figures; nil where meminfo cannot be read.
  public init?(_ texts: ProcTexts) {
    self.init(dialect: .proc)
    do throws(UnreadableReport) {
      try ProcMeminfo.parse(texts.meminfo, into: &self)
    } catch {
      return nil
    }
    if let vmstat = texts.vmstat { ProcMeminfo.parseVmstat(vmstat, into: &self) }
    if let pressure = texts.pressure { ProcMeminfo.parsePressure(pressure, into: &self) }
    if let arcstats = texts.arcstats { ArcStats.count(arcstats, into: &self) }
  }
}
