import Foundation
import Testing

/// What Prometheus has for looking at its own files.
private enum Promtool {
  static let isPresent = (try? Program.shell("command -v promtool"))?.status == 0
}

@Suite(
  "memtop dump --format openmetrics",
  .enabled(if: Promtool.isPresent, "promtool cannot be had"), .timeLimit(.minutes(30)))
struct OpenMetricsTests {

  private func dump(_ host: RecordedHost, _ arguments: String...) throws -> String {
    let run = try Program.start(["dump", host.path, "--format", "openmetrics"] + arguments)
    #expect(run.status == 0, "\(run.errors)")
    return run.output
  }

  @Test("promtool makes blocks of it, in which every value is the one that csv has")
  func blocks() throws {
    let host = try RecordedHost("datacenter", seconds: 1..<200, 500..<560)
    let text = host.file("metrics")
    try Data(try dump(host, "--every", "10s").utf8).write(to: URL(fileURLWithPath: text))
    let made = try Program.shell(
      #"promtool tsdb create-blocks-from openmetrics "$1" "$2""#, [text, host.file("tsdb")])
    #expect(made.status == 0, "\(made.output)\(made.errors)")
    // It wants a log beside the blocks, as a server has one.
    let stored = try Program.shell(
      #"mkdir "$1/wal" && promtool tsdb dump "$1""#, [host.file("tsdb")])
    var found: Set<String> = []
    for line in stored.output.split(separator: "\n")
    where line.contains("\"memtop_domain_busy_bytes") {
      let uuid = try #require(line.firstMatch(of: /uuid="([^"]*)"/)).1
      let words = line.split(separator: " ").suffix(2)
      let value = try #require(Double(words.first!))
      found.insert("\(words.last!),\(uuid),\(Int(value))")
    }
    let csv = try Program.run(
      "dump", host.path, "--format", "csv", "--every", "10s", "--fields", "uuid,busy")
    let expected = Set(
      csv.output.split(separator: "\n").dropFirst().map(String.init).filter { !$0.hasSuffix(",") })
    #expect(expected.count > 100)
    #expect(found == expected)
  }

  @Test("promtool has nothing against the names and texts")
  func lint() throws {
    let host = try RecordedHost("datacenter", seconds: 1..<3)
    // It reads the older format only: without times and units, and with its types.
    let old = try dump(host, "--every", "1h").split(separator: "\n")
      .filter { !$0.hasPrefix("# UNIT") && !$0.hasPrefix("# EOF") }
      .map { line in
        line.hasPrefix("#")
          ? line.replacing(#/ (stateset|info)$/#, with: " gauge")
            .replacing("memtop_domain gauge", with: "memtop_domain_info gauge")
            .replacing("HELP memtop_domain ", with: "HELP memtop_domain_info ")
          : line.replacing(#/ [0-9.]+$/#, with: "")
      }
    let text = host.file("old")
    try Data((old.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: text))
    let run = try Program.shell(#"promtool check metrics <"$1" 2>&1"#, [text])
    #expect(run.status == 0, "\(run.output)")
    #expect(run.output == "")
  }

  @Test("families, and in them metrics, stand together, in order of time, and an end is marked")
  func grouping() throws {
    let host = try RecordedHost("datacenter", seconds: 1..<100)
    let lines = try dump(host).split(separator: "\n").map(String.init)
    #expect(lines.last == "# EOF")
    var families: Set<String> = []
    var metrics: [String: Double] = [:]
    var last = ""
    for line in lines.dropLast() {
      if line.hasPrefix("# TYPE ") {
        #expect(families.insert(line).inserted, "\(line)")
      } else if !line.hasPrefix("#") {
        let metric = String(line[...line.lastIndex(of: "}")!])
        let time = Double(line.split(separator: " ").last!)!
        let isState = metric.contains(/,memtop_domain_[a-z_]+="/)
        if metric != last, !isState { #expect(metrics[metric] == nil, "\(metric)") }
        #expect(metrics[metric] ?? 0 < time, "\(line)")
        metrics[metric] = time
        last = metric
      }
    }
    #expect(families.count > 25)
    let named = ["memtop_domain_allocation_bytes", "memtop_host_free_bytes"]
    for name in named { #expect(lines.contains("# UNIT \(name) bytes")) }
    #expect(lines.contains { $0.hasPrefix("memtop_domain_pressure{") && $0.contains("\"ok\"} 1 ") })
  }

  @Test("only what was asked for: fields, a domain")
  func chosen() throws {
    let host = try RecordedHost(seconds: 1..<20)
    let text = try dump(host, "--fields", "alloc", "--domain", "router", "--every", "10s")
    let points = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(points.count == 2 * 2)
    #expect(points.allSatisfy { $0.contains("domain=\"router\"") })
    #expect(points.last?.hasSuffix("} 536870912 1790000019.000") == true)
  }
}
