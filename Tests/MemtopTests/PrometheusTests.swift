import Foundation
import Testing

@Suite("what docs/prometheus has", .timeLimit(.minutes(30)))
struct PrometheusTests {
  private static let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// What a script needs is there, or why the test is left out was printed.
  private func has(_ programs: String...) throws -> Bool {
    for program in programs
    where try Program.shell(#"command -v "$1""#, [program]).status != 0 {
      print("skipped: alerts: no \(program)")
      return false
    }
    return true
  }

  @Test("the alert rules are right, and so are their tests")
  func rules() throws {
    guard try has("promtool") else { return }
    let run = try Program.shell(
      """
      cd "$1/docs/prometheus" && promtool check rules memtop.rules.yml 2>&1 &&
        promtool test rules memtop.rules.test.yml 2>&1
      """, [Self.top])
    #expect(run.status == 0, "\(run.output)")
  }

  @Test("the alert that is off works once its comment signs are removed")
  func silent() throws {
    guard try has("promtool") else { return }
    let directory = try TextfileDirectory()
    let run = try Program.shell(
      #"""
      cd "$2" && cp "$1/Tests/Prometheus/silent.test.yml" . &&
        sed 's/^      # \(- alert: GuestSilent\|  \)/      \1/' "$1/docs/prometheus/memtop.rules.yml" >memtop.rules.yml
      promtool check rules memtop.rules.yml 2>&1 && promtool test rules silent.test.yml 2>&1
      """#, [Self.top, directory.path])
    #expect(run.status == 0, "\(run.output)")
  }

  /// As one line, without what chooses a host.
  private static func plain(_ expression: String) -> String {
    expression.replacing(#"host=~"$host","#, with: "").split { " \n".contains($0) }
      .joined()
  }

  @Test("the dashboard counts the reports that there is an alert for")
  func unusable() throws {
    let directory = "\(Self.top)/docs/prometheus"
    let rules = try String(contentsOfFile: "\(directory)/memtop.rules.yml", encoding: .utf8)
    let dashboard = try String(contentsOfFile: "\(directory)/dashboard.json", encoding: .utf8)
    let found = dashboard.firstMatch(
      of: /count\((memtop_domain_report_health.*)\) or vector/)
    let counted = try #require(found).1.replacing(#"\""#, with: "\"")
    #expect(Self.plain(rules).contains(Self.plain("(\(counted))")), "\(counted)")
  }

  @Test(
    "a guest that thrashes is told of by a real Alertmanager within a minute, until it is given more"
  )
  func alerting() throws {
    guard try has("prometheus", "prometheus-alertmanager", "python3") else { return }
    let directory = try TextfileDirectory()
    let run = try Program.shell(
      #"python3 "$1/Tests/Prometheus/alerting.py" "$0" "$1/docs/prometheus" "$2""#,
      [Self.top, directory.path])
    #expect(
      run.output == """
        datacenter is served
        calm is served
        relief is served
        three hosts are up
        errors of scrapes: []
        unknown metrics in rules: []
        rates are known
        panels without a value: ['sum(memtop_host_overhead_bytes{host=~".*"})', 'sum by (host, cause) (increase(memtop_regulator_moves_total{host=~".*"}[$__rate_interval]))']
        guests that thrash are told of
        [('xen1', 'db2', 'critical'), ('xen4', 'db1', 'critical')] True
        the one that is given more is told of no longer
        nor is the one whose host is gone
        that host is counted, once

        """, "\(run)")
    #expect(run.status == 0)
  }

  @Test("the dashboard shows a recording, but for what is not recorded")
  func recorded() throws {
    guard try has("prometheus", "promtool", "python3") else { return }
    let directory = try TextfileDirectory()
    let run = try Program.shell(
      #"python3 "$1/Tests/Prometheus/recorded.py" "$0" "$1/docs/prometheus" "$2" "$3""#,
      [
        Self.top, directory.path,
        "\(Self.top)/Tests/MemtopRecordingTests/Recordings/random-load.memtop",
      ])
    #expect(
      run.output == """
        16 panels
        not in recordings: memtop_domain_advised_target_bytes memtop_host_overhead_bytes \
        memtop_process_cpu_seconds_total memtop_process_resident_memory_bytes memtop_regulator_moves_total
        recorded, and without a value: []

        """, "\(run)")
    #expect(run.status == 0)
  }
}
