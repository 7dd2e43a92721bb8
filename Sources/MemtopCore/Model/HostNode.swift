/// A NUMA node of the host.
public struct HostNode: Hashable, Sendable {
  public var number: Int
  public var size: Bytes
  public var free: Bytes

  public init(number: Int, size: Bytes, free: Bytes) {
    (self.number, self.size, self.free) = (number, size, free)
  }
}

/// The nodes that Xen prefers for a domain's memory, where these are not all (libxl's automatic
/// placement, or `cpus` in xl.cfg(5)).
public struct NodeRoom: Hashable, Sendable {
  public var nodes: [Int]
  /// Free on all of them together.
  public var free: Bytes

  public init(nodes: [Int], free: Bytes) { (self.nodes, self.free) = (nodes, free) }

  /// nil where the domain may as well have memory of any node.
  public init?(affinity: [Int], of host: [HostNode]) {
    let own = host.filter { affinity.contains($0.number) }
    guard !own.isEmpty, own.count < host.count else { return nil }
    self.init(nodes: own.map(\.number), free: own.reduce(.zero) { $0 + $1.free })
  }
}
