import MemtopCore

/// The host's memory as a bar whose parts sum to its total.
public struct HostBar: Sendable {
  public enum Share: CaseIterable, Hashable, Sendable {
    case dom0, guests, dying, overhead, xen, promised, free

    public var word: String {
      switch self {
      case .dom0: "dom0"
      case .guests: "guests"
      case .dying: "dying"
      case .overhead: "overhead"
      case .xen: "xen"
      case .promised: "promised"
      case .free: "free"
      }
    }
  }

  public struct Segment: Hashable, Sendable {
    public var share: Share
    public var amount: Bytes
    public var cells: Int
  }

  /// In the order of `Share`; amounts sum to the total, cells to the width.
  public let segments: [Segment]

  /// - Parameter width: cells of the whole bar; 0 or more.
  public init(_ host: HostMemory, width: Int) {
    let parts = Self.parts(host)
    var segments: [Segment] = []
    var begin = 0
    var sum = Bytes.zero
    for (share, amount) in parts {
      sum = sum + amount
      let end = max(begin, MemoryBar.cells(sum, of: host.total, width))
      segments.append(Segment(share: share, amount: amount, cells: end - begin))
      begin = end
    }
    self.segments = segments
  }

  /// `promised` stands for all of free that is spoken for: promises and claims.
  private static func parts(_ host: HostMemory) -> [(Share, Bytes)] {
    let spokenFor = max(.zero, host.free - host.uncommitted)
    return [
      (.dom0, host.dom0), (.guests, host.guests), (.dying, host.dying),
      (.overhead, host.overhead ?? .zero), (.xen, host.xen), (.promised, spokenFor),
      (.free, host.free - spokenFor),
    ].filter { $0.1.count > 0 }
  }
}
