import Foundation
import Testing

@testable import memtop

@Suite("memtop report", .timeLimit(.minutes(30))) struct ReportCommandTests {
  @Test("the table fits 80 columns, and names what is left out")
  func table() throws {
    let host = try RecordedHost("datacenter", seconds: 1..<300, 900..<1000)
    let run = try Program.shell(#"TZ=UTC "$0" report "$1""#, [host.path])
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n").map(String.init)
    for line in lines { #expect(line.count <= 80, "\(line)") }
    #expect(lines[0] == "xen1  2026-09-21 14:13:21 to 2026-09-21 14:29:59, 0:06:37 recorded")
    #expect(lines[1] == "gap  2026-09-21 14:18:19 to 2026-09-21 14:28:20, 0:10:01")
    #expect(lines[2].contains("GiB HOURS") && lines[3].contains("HELD"))
    #expect(lines.contains { $0.hasPrefix("web1 ") })
  }

  @Test("csv and json have the same figures, by the same names, with their units")
  func formats() throws {
    let host = try RecordedHost("datacenter", seconds: 1..<300, 900..<1000)
    let csv = try Program.run("report", host.path, "--format", "csv").output
      .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    let json = try Program.run("report", host.path, "--format", "json").output
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
    #expect(report["host"] as? String == "xen1")
    #expect(report["gap_seconds"] as? Double != nil)
    #expect((report["gaps"] as? [[String: Any]])?.first?["seconds"] as? Double == 601)
    let domains = try #require(report["domains"] as? [[String: Any]])
    #expect(csv.count == 1 + domains.count)
    for (row, domain) in zip(csv.dropFirst(), domains) {
      #expect(row.count == csv[0].count)
      for (name, cell) in zip(csv[0], row) {
        switch domain[String(name)] {
        case let number as NSNumber: #expect(Double(cell) == number.doubleValue, "\(name)")
        case let text as String: #expect(cell == text)
        case is NSNull: #expect(cell == "")
        case let counts as [String: Int]: #expect(cell.isEmpty == counts.isEmpty)
        default: #expect(["host", "from_ms", "to_ms", "gap_seconds", "gaps"].contains(name))
        }
      }
      let held = try #require(domain["held_gib_hours"] as? Double)
      let mean = try #require(domain["alloc_mean_bytes"] as? Double)
      let covered = try #require(domain["covered_seconds"] as? Double)
      #expect(abs(held - mean * covered / 3600 / Double(1 << 30)) < 0.000_002)
    }
  }

  @Test("a stretch and a domain; and --fields is refused")
  func chosen() throws {
    let host = try RecordedHost("datacenter", seconds: 1..<300)
    let run = try Program.run(
      "report", host.path, "--format", "csv", "--domain", "web1", "--begin", "-1m")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[1].hasPrefix("web1,") && lines[1].contains(",60.000,"))
    #expect(try Program.run("report", host.path, "--fields", "name").status == 64)
    #expect(try Program.run("report", host.path, "--format", "openmetrics").status == 64)
  }

  @Test("every column that has no heading is described in memtop(8)")
  func described() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../man/memtop.8").standardized
    let page = try String(contentsOf: file, encoding: .utf8)
    for field in UsageField.table where field.column == nil {
      #expect(page.contains(field.id), "\(field.id)")
    }
    for name in ["gap_seconds", "gaps", "from_ms , to_ms"] {
      #expect(page.contains(".It Li \(name)\n"), "\(name)")
    }
  }
}
