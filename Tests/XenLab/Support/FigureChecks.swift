import Foundation
import Testing

/// Comparisons with Xen's own tools, which hold whatever the xenstore daemon.
extension Lab {
  /// Runs `memtop` between two runs of Xen's tool, until nothing moved from one to the other.
  private func still(_ tool: String) throws -> (tool: String, sample: Sample) {
    var last = ""
    return try eventually("the same answer of `\(tool)` twice", saw: { last }) {
      last = try text("\(tool); echo ----; memtop -b -n 1 --format json; echo ----; \(tool)")
      let parts = last.components(separatedBy: "\n----\n")
      guard parts.count == 3, parts[0] == parts[2] else { return nil }
      return (parts[0], try Sample.decode(parts[1]))
    }
  }

  func checkDomains() throws {
    let tool = """
      xl list | awk 'NR > 1 { print $1, $2, $3 }'; for id in $(xenstore-list /local/domain); do \
      for key in target static-max videoram; do \
      echo $id $key $(xenstore-read /local/domain/$id/memory/$key 2>/dev/null); done; done
      """
    let (answer, sample) = try still(tool)
    let rows = answer.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    let listed = rows.filter { $0.count == 3 && Int($0[0]) == nil }
    #expect(listed.count > standing.count, "xl list: \(answer)")
    #expect(sample.domains.map(\.name) == listed.map { $0[0] })
    for row in listed {
      let domain = try sample[row[0]]
      #expect(domain.id == Int(row[1]))
      #expect(domain.alloc >> 20 == Int64(row[2]), "\(row), memtop has \(domain)")
      let kib = { (key: String) in
        rows.first { $0.count == 3 && $0[0] == row[1] && $0[1] == key }.flatMap { Int64($0[2]) }
      }
      // SIZE, as memtop and xl mem-set mean it, has the video memory in it.
      let size = kib("target").map { Int64.kib($0 + (kib("videoram") ?? 0)) }
      #expect(domain.target == size, "\(row), memtop has \(domain)")
      let most = kib("static-max").map(Int64.kib) ?? (domain.id == 0 ? .kib(640 << 10) : nil)
      #expect(domain.max == most, "\(row), memtop has \(domain)")
    }
  }

  func checkHost() throws {
    let tool = """
      xl info | awk '/^(total_memory|free_memory|outstanding_claims|xen_version)/ {print $1, $3}'
      """
    let (answer, sample) = try still(tool)
    let pairs = answer.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    let info = Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })
    #expect("\(sample.total >> 20)" == info["total_memory"], "\(answer)")
    // libxl's figure leaves out what is claimed (libxl.c, libxl_get_physinfo; xl_info.c).
    #expect("\((sample.free - sample.claimed) >> 20)" == info["free_memory"], "\(answer)")
    #expect("\(sample.claimed >> 20)" == info["outstanding_claims"], "\(answer)")
    #expect(sample.xenVersion == info["xen_version"], "\(answer)")
    let parts = [
      sample.dom0, sample.guests, sample.dying, sample.xen, sample.free, sample.overhead ?? 0,
    ]
    #expect(parts.reduce(0, +) == sample.total, "\(parts) against \(sample.total)")
    let overhead = sample.domains.reduce(0) { $0 + ($1.overhead ?? 0) }
    #expect(sample.overhead ?? 0 == overhead)
    #expect(sample.domainCount == sample.domains.count)
  }
}
