import Foundation

/// What `memtop -b --format json` prints, as its readers see it. Amounts are in bytes.
struct Sample: Decodable {
  let host: String
  let xenVersion: String
  let owner: String?
  let domainCount: Int
  let total, dom0, guests, dying, xen, free, claimed, promised, uncommitted: Int64
  let overhead: Int64?
  let nodes: [Node]?
  let domains: [Domain]

  struct Node: Decodable {
    let node: Int
    let total, free: Int64
  }

  struct Domain: Decodable {
    let id: Int
    let name, state, condition, health, kind, uuid: String
    let alloc: Int64
    let target, max, limit, overhead, busy, cache, avail, free, swap: Int64?
    let pressure, dialect, os: String?
    let age, stubOf: Int?
  }

  static func decode(_ line: String) throws -> Sample {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Sample.self, from: Data(line.utf8))
  }

  struct NoSuchDomain: Error { let name: String, names: [String] }

  subscript(_ name: String) -> Domain {
    get throws {
      guard let domain = domains.first(where: { $0.name == name }) else {
        throw NoSuchDomain(name: name, names: domains.map(\.name))
      }
      return domain
    }
  }
}

extension Lab {
  /// One sample of now.
  func sample() throws -> Sample { try Sample.decode(try text("memtop -b -n 1 --format json")) }
}

extension Int64 {
  static func mib(_ count: Int64) -> Int64 { count << 20 }
  static func kib(_ count: Int64) -> Int64 { count << 10 }
}
