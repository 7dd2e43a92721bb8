import Foundation
import MemtopCore

/// The table of domains that fake_hypercalls.c answers from.
struct FakeHypervisor {
  struct Domain {
    var domid: UInt16
    var uuid: DomainUUID
    var flags: UInt32 = 0
    var emulation: UInt32 = 0
    var pages: UInt64 = 1 << 15
    var limit: UInt64 = 1 << 16
    /// Entries and cache in pages.
    var populateOnDemand: (entries: UInt64, cache: UInt64)?
    /// For its page tables; nil where Xen does not tell.
    var pool: UInt64?
    /// NUMA nodes, a bit each.
    var affinity: UInt8?
  }

  let path: String
  var domains: [Domain] = []
  /// NUMA nodes, in bytes.
  var nodes: [(size: Int64, free: Int64)] = []
  /// The errno value that every hypercall fails with.
  var refusal: Int32 = 0
  /// The errno value that setting a limit fails with.
  var limitRefusal: Int32 = 0
  /// Still listed, but gone when it is asked for alone.
  var ending: UInt16?

  init(in directory: URL) {
    path = directory.appendingPathComponent("table").path
    setenv("FAKE_XEN_TABLE", path, 1)
    publish()
  }

  /// A domain with a uuid made from its domid and how often that was used.
  static func domain(_ domid: UInt16, life: UInt64 = 1) -> Domain {
    Domain(domid: domid, uuid: DomainUUID(high: life, low: UInt64(domid)))
  }

  /// Limits that were set since do not count any more.
  func forgetLimits() { unlink(path + ".limits") }

  /// The limits that were set since, of whatever domain, in pages.
  var setLimits: [UInt64] {
    let text = (try? String(contentsOfFile: path + ".limits", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap {
      $0.split(separator: " ").last.flatMap { UInt64($0) }
    }
  }

  /// As another program does.
  func setLimit(of domain: Domain, toPages pages: UInt64) {
    let handle = domain.uuid.description.filter { $0 != "-" }
    let line = "\(domain.domid) \(handle) \(pages)\n"
    let descriptor = open(path + ".limits", O_WRONLY | O_APPEND | O_CREAT, 0o644)
    _ = line.withCString { write(descriptor, $0, strlen($0)) }
    close(descriptor)
  }

  /// Shows the table as it is now to whoever makes the next hypercall.
  func publish() {
    var lines = ["host 16777216 4194304 77"]
    if refusal != 0 { lines.append("refuse \(refusal)") }
    if limitRefusal != 0 { lines.append("fixed \(limitRefusal)") }
    if let ending { lines.append("ending \(ending)") }
    for domain in domains {
      let handle = domain.uuid.description.filter { $0 != "-" }
      lines.append(
        "domain \(domain.domid) \(handle) \(domain.flags) \(domain.emulation) \(domain.pages)"
          + " \(domain.limit) 0 1000000")
      if let left = domain.populateOnDemand {
        lines.append("pod \(domain.domid) \(left.entries) \(left.cache)")
      }
      if let affinity = domain.affinity { lines.append("affinity \(domain.domid) \(affinity)") }
      if let pool = domain.pool { lines.append("pool \(domain.domid) \(pool)") }
    }
    lines += nodes.map { "node \($0.size) \($0.free)" }
    // A rename, so that no reader ever sees half of it.
    try! (lines.joined(separator: "\n") + "\n").write(
      toFile: path, atomically: true, encoding: .utf8)
  }
}
