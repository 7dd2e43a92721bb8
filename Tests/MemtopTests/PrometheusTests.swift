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

  @Test(
    "a guest that thrashes on one of three hosts is told of by a real Alertmanager within a minute")
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
        small is served
        three hosts are up
        errors of scrapes: []
        unknown metrics in rules: []
        rates are known
        panels without a value: ['sum(memtop_host_overhead_bytes{host=~".*"})', 'sum by (host, cause) (increase(memtop_regulator_moves_total{host=~".*"}[$__rate_interval]))']
        a guest that thrashes is told of
        [('xen1', 'db2', 'critical')] True
        it is told of no longer

        """, "\(run)")
    #expect(run.status == 0)
  }
}
