import MemtopCore

/// The free memory of each NUMA node, asked for seldom; never again on a host with one node.
struct NodeProbe {
  private static let interval = Span.seconds(10)

  private var read: SteadyTime?
  private var nodes: [HostNode] = []

  /// Empty where there is one node.
  mutating func nodes(at now: SteadyTime, read hypercall: () -> [HostNode]) -> [HostNode] {
    if let read, nodes.isEmpty || now - read < Self.interval { return nodes }
    let found = hypercall()
    (read, nodes) = (now, found.count > 1 ? found : [])
    return nodes
  }
}
