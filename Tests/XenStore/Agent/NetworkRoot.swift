import Foundation
import Testing

/// A guest's network as its kernel tells it.
struct NetworkRoot: Sendable, CustomTestStringConvertible {
  struct Route: Sendable {
    var interface: String
    var network: String
    var gateway = "0.0.0.0"
    var length: Int
  }

  var testDescription: String
  /// Xen's interfaces, with the numbers of their vifs.
  var vifs: [(name: String, number: Int)] = [("eth0", 0)]
  var otherFiles: [String] = []
  var routes: [Route]
  /// This machine's addresses.
  var addresses: [String]
  /// The addresses that the agent must write: path below attr/vif, and value.
  var expected: [String: String]

  static func route(_ interface: String, _ network: String, via gateway: String = "0.0.0.0")
    -> Route
  {
    let parts = network.split(separator: "/")
    return Route(
      interface: interface, network: String(parts[0]), gateway: gateway, length: Int(parts[1])!)
  }

  func made() throws -> GuestRoot {
    let root = try GuestRoot(.bare)
    for vif in vifs {
      try root.write("sys/class/net/\(vif.name)/device/nodename", "device/vif/\(vif.number)\n")
    }
    for file in otherFiles { try root.write(file, "") }
    try root.write("proc/net/route", routeFile)
    try root.write("proc/net/fib_trie", trieFile)
    return root
  }

  /// As the kernel pads it.
  var routeFile: String {
    let head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT"
    let lines = routes.map { route in
      let mask = route.length == 0 ? 0 : UInt32.max << UInt32(32 - route.length)
      return "\(route.interface)\t\(Self.hex(route.network))\t\(Self.hex(route.gateway))"
        + "\t0001\t0\t0\t0\t\(Self.hex(mask))\t0\t0\t0"
    }
    return ([head] + lines).map { $0.padding(toLength: 127, withPad: " ", startingAt: 0) + "\n" }
      .joined()
  }

  /// The same addresses among the main routes and by themselves, as where there are no rules.
  var trieFile: String {
    let leaves = (addresses + ["127.0.0.1"]).map {
      "           |-- \($0)\n              /32 host LOCAL\n"
    }.joined()
    return "Main:\n  +-- 0.0.0.0/0 3 0 5\n\(leaves)Local:\n  +-- 0.0.0.0/0 3 0 5\n\(leaves)"
  }

  private static func hex(_ address: String) -> String {
    hex(address.split(separator: ".").reduce(UInt32(0)) { $0 << 8 | UInt32($1)! })
  }

  /// In this machine's order, the first byte last.
  private static func hex(_ number: UInt32) -> String {
    let digits = String(number.byteSwapped, radix: 16, uppercase: true)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}

extension NetworkRoot {
  static let all = [
    NetworkRoot(
      testDescription: "one interface and its network",
      routes: [route("eth0", "0.0.0.0/0", via: "192.168.1.1"), route("eth0", "192.168.1.0/24")],
      addresses: ["192.168.1.5"], expected: ["0/ipv4/0": "192.168.1.5"]),
    NetworkRoot(
      testDescription: "Qubes: an address of 32 bits, and a gateway on the link",
      routes: [route("eth0", "0.0.0.0/0", via: "10.137.0.1"), route("eth0", "10.137.0.1/32")],
      addresses: ["10.137.0.15"], expected: ["0/ipv4/0": "10.137.0.15"]),
    NetworkRoot(
      testDescription: "vif-route: a gateway that no route leads to",
      routes: [route("eth0", "0.0.0.0/0", via: "10.0.0.1")],
      addresses: ["203.0.113.7"], expected: ["0/ipv4/0": "203.0.113.7"]),
    NetworkRoot(
      testDescription: "the address of a peer, beside a tunnel's",
      vifs: [("eth0", 0), ("eth1", 1)],
      routes: [
        route("eth0", "0.0.0.0/0", via: "192.168.1.1"), route("eth0", "192.168.1.0/24"),
        route("eth1", "10.9.0.2/32"), route("tun0", "10.8.0.1/32"),
      ],
      addresses: ["10.8.0.2", "10.9.0.1", "192.168.1.5"],
      expected: ["0/ipv4/0": "192.168.1.5", "1/ipv4/0": "10.9.0.1"]),
    NetworkRoot(
      testDescription: "noprefixroute: an address without any route, beside a bridge of containers",
      routes: [route("docker0", "172.17.0.0/16")],
      addresses: ["10.5.0.2", "172.17.0.1"], expected: ["0/ipv4/0": "10.5.0.2"]),
    NetworkRoot(
      testDescription: "a vif in a bridge that has the address",
      otherFiles: ["sys/class/net/eth0/upper_br0", "sys/class/net/br0/address"],
      routes: [route("br0", "0.0.0.0/0", via: "10.1.1.1"), route("br0", "10.1.1.0/24")],
      addresses: ["10.1.1.9"], expected: ["0/ipv4/0": "10.1.1.9"]),
    NetworkRoot(
      testDescription: "a vif in a bridge, by a kernel before 3.14",
      otherFiles: ["sys/class/net/br0/brif/eth0/state"],
      routes: [route("br0", "10.1.1.0/24")],
      addresses: ["10.1.1.9"], expected: ["0/ipv4/0": "10.1.1.9"]),
    NetworkRoot(
      testDescription: "two vifs in a bond, which is in a bridge, and a VLAN on one of them",
      vifs: [("eth0", 0), ("eth1", 1)],
      otherFiles: [
        "sys/class/net/eth0/upper_bond0", "sys/class/net/eth1/upper_bond0",
        "sys/class/net/bond0/upper_br0", "sys/class/net/eth1/upper_eth1.7",
      ],
      routes: [route("br0", "10.1.1.0/24"), route("eth1.7", "10.7.0.0/16")],
      addresses: ["10.1.1.9", "10.7.0.3"],
      expected: ["0/ipv4/0": "10.1.1.9", "1/ipv4/0": "10.7.0.3"]),
    NetworkRoot(
      testDescription: "a smaller network of another interface within that of a vif",
      routes: [
        route("eth0", "10.0.0.0/8"), route("docker0", "10.200.0.0/16"),
      ],
      addresses: ["10.1.2.3", "10.200.0.1"], expected: ["0/ipv4/0": "10.1.2.3"]),
    NetworkRoot(
      testDescription: "an address of nobody's is left out where each interface has its own",
      routes: [route("eth0", "0.0.0.0/0", via: "192.168.1.1"), route("eth0", "192.168.1.0/24")],
      addresses: ["192.168.1.5", "203.0.113.9"], expected: ["0/ipv4/0": "192.168.1.5"]),
    NetworkRoot(
      testDescription: "a host of 3,000 containers' networks",
      routes: [route("eth0", "0.0.0.0/0", via: "192.168.1.1")]
        + (0..<3_000).map { route("br\($0)", "10.\($0 >> 8).\($0 & 255).0/24") }
        + [route("eth0", "192.168.1.0/24")],
      addresses: (0..<3_000).map { "10.\($0 >> 8).\($0 & 255).1" } + ["192.168.1.5"],
      expected: ["0/ipv4/0": "192.168.1.5"]),
    NetworkRoot(
      testDescription: "no more than sixteen addresses of a vif",
      routes: [route("eth0", "10.0.0.0/8")],
      addresses: (0..<2_000).map { "10.1.\($0 >> 8).\($0 & 255)" },
      expected: Dictionary(
        uniqueKeysWithValues: (0..<16).map { ("0/ipv4/\($0)", "10.1.0.\($0)") })),
  ]
}
