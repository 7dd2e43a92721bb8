import Foundation
import Testing

@Suite("memtop regulate and memtop policy, on the simulated host", .timeLimit(.minutes(30)))
struct RegulateCommandTests {
  /// A policy in a file that goes with the test.
  private final class Policy {
    let path = NSTemporaryDirectory() + "memtop-policy-\(UUID().uuidString).conf"
    init(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  @Test("it takes whom the policy names, moves them with a reason, and ends by TERM with 0")
  func regulates() throws {
    let policy = try Policy("[domain web1]\nregulate = yes\n[domain db2]\nregulate = yes")
    let run = try Program.shell(
      """
      : > "$1.log"; "$0" regulate --demo --policy "$1" >> "$1.log" & pid=$!
      await grep -q 'db2: .* -> ' "$1.log"
      kill $pid; wait $pid; status=$?; cat "$1.log"; rm "$1.log"; exit $status
      """, [policy.path])
    #expect(run.status == 0, "\(run)")
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(
      lines.prefix(2) == [
        "web1: handed over by the policy",
        "db2: handed over by the policy",
      ])
    let move = try #require(lines.first { $0.hasPrefix("db2: ") && $0.contains(" -> ") })
    #expect(move.contains(": busy ") && move.contains(" + reserve "), "\(move)")
    #expect(!lines.contains { $0.hasPrefix("files") })
    #expect(run.errors.isEmpty)
  }

  @Test("a dry run says what it would do")
  func dry() throws {
    let policy = try Policy(
      "[domain db2]\nregulate = yes\n[domain web1]\nfloor = 900G\n[domain gone]\nweight = 5")
    let run = try Program.shell(
      """
      : > "$1.log"; "$0" regulate --demo --dry-run --policy "$1" >> "$1.log" & pid=$!
      await grep -q ' -> ' "$1.log"
      kill $pid; wait $pid; cat "$1.log"; rm "$1.log"
      """, [policy.path])
    #expect(run.output.contains(" would be set (dry run): busy "), "\(run)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.first == "db2: would be handed over by the policy (dry run)", "\(run)")
    #expect(run.output.contains("\ndry run: 1 of 17 domains would be regulated\n"), "\(run)")
    #expect(run.output.contains("\npolicy: [domain gone] matches no domain here\n"), "\(run)")
    #expect(run.output.contains("\npolicy: web1: its floor (900G) is above its static-max ("))
  }

  @Test("what is wrong with a policy is told by file and line, with 65, by all that go by it")
  func wrongPolicy() throws {
    let policy = try Policy("[domain *]\nflor = 1G")
    for command in ["regulate", "policy", "-b", "free 1G --dry-run"] {
      let run = try Program.shell(#""$0" \#(command) --demo --policy "$1""#, [policy.path])
      #expect(run.status == 65, "\(command): \(run)")
      #expect(run.errors.hasPrefix("memtop: \(policy.path):2: unknown key \"flor\""), "\(run)")
    }
    let gone = try Program.run("policy", "--demo", "--policy", "/nowhere")
    #expect(gone.status == 65 && gone.errors.contains("No such file"), "\(gone)")
  }

  /// Runs memtop where /etc holds nothing but a link to nowhere as the standard policy.
  private static func runWithDanglingPolicy(_ words: String) throws -> Program {
    try Program.shell(
      """
      unshare -m bash -c 'mount -t tmpfs tmpfs /etc && ln -s /nowhere /etc/memtop.conf || exit 99
        exec "$1" \(words)' - "$0"
      """)
  }

  @Test(
    "the demo reads no standard policy, because it reads nothing of this machine",
    .enabled(if: Program.mayMount, "a mount name space needs root"),
    arguments: ["policy --demo", "-b -n 1 --demo", "free 1G --dry-run --demo --scenario squeeze"])
  func demoPolicy(words: String) throws {
    let run = try Self.runWithDanglingPolicy(words)
    #expect(run.status == 0, "\(run)")
    #expect(!run.errors.contains("memtop.conf"), "\(run.errors)")
  }

  @Test(
    "a standard policy that is a link to nowhere is an error, not no policy",
    .enabled(if: Program.mayMount, "a mount name space needs root"))
  func danglingPolicy() throws {
    let run = try Self.runWithDanglingPolicy("policy")
    #expect(run.status == 65)
    #expect(run.output == "")
    #expect(
      run.errors.contains(/^memtop: \/etc\/memtop.conf: .*to ignore it: --policy \/dev\/null\)\n$/),
      "\(run.errors)")
  }

  @Test("--policy is refused where it would mean nothing")
  func refused() throws {
    for command in ["set web1 1G --demo", "record x --demo", "dump x", "report x"] {
      let run = try Program.shell(#""$0" \#(command) --policy /dev/null"#)
      #expect(run.status == 64, "\(command): \(run)")
      #expect(run.errors.contains("--policy cannot be used with"), "\(run)")
    }
  }

  @Test("memtop policy prints what holds for each domain, as a table and as csv")
  func policyTable() throws {
    let policy = try Policy(
      "[host]\nreserve = 2G\n[domain web*]\nfloor = 512M\nreserve = 1G\n[domain db2]\nhands-off=yes"
    )
    let table = try Program.run("policy", "--demo", "--policy", policy.path)
    #expect(table.status == 0 && table.output.hasPrefix("host xen1: keeps 2.00G free\n"))
    for line in table.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    let csv = try Program.run("policy", "--demo", "--policy", policy.path, "--format", "csv")
    let rows = csv.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(
      rows[0] == [
        "name", "uuid", "reserve", "floor", "ceiling", "weight", "xapi-free", "regulate",
        "hands-off", "host", "host_reserve",
      ])
    let web = try #require(rows.first { $0[0] == "web1" })
    #expect(
      web[2...] == [
        "1073741824", "536870912", "", "100", "unknown", "no", "no", "xen1", "2147483648",
      ])
    #expect(try #require(rows.first { $0[0] == "db2" })[8] == "yes")
    #expect(!rows.contains { $0[0] == "Domain-0" })
    #expect(try Program.run("policy", "--demo", "--format", "json").status == 64)
  }

  @Test("memtop policy says what of it cannot come true, section by section right as it may be")
  func doubts() throws {
    let policy = try Policy(
      """
      [domain *]
      regulate = yes
      ceiling = 1G
      [domain gone*]
      weight = 5
      [domain Domain-0]
      weight = 5
      [domain web1]
      floor = 2000G
      [domain db2]
      hands-off = yes
      """)
    let run = try Program.run("policy", "--demo", "--policy", policy.path)
    #expect(run.status == 0)
    let lines = run.errors.split(separator: "\n").map(String.init)
    #expect(
      lines == [
        "memtop: [domain gone*] matches no domain here",
        "memtop: [domain Domain-0] is dom0, which has no policy: its size is set by hand only",
        "memtop: web1: its floor (1.95T) is above its ceiling (1.00G), so the ceiling applies",
        "memtop: web1: its floor (1.95T) is above its static-max (4.00G), so static-max applies",
        "memtop: db2: regulate = yes has no effect beside hands-off = yes",
      ])
  }

  @Test("memtop policy says what the host cannot give")
  func hostDoubts() throws {
    func errors(_ text: String) throws -> [String] {
      let policy = try Policy(text)
      let run = try Program.run("policy", "--demo", "--policy", policy.path)
      #expect(run.status == 0)
      return run.errors.split(separator: "\n").map(String.init)
    }
    #expect(
      try errors("[host]\nreserve = 900G") == [
        "memtop: [host] reserve, 900G, is more than the host has, 64.0G;"
          + " no domain will be given memory"
      ])
    let left = try errors("[host]\nreserve = 63G")
    #expect(left.count == 1 && left[0].contains("is more than Xen and dom0 leave"), "\(left)")
    let floors = try errors("[domain *]\nfloor = 20G")
    #expect(floors[0].hasPrefix("memtop: the floors of 17 domains come to "), "\(floors)")
    #expect(floors[0].hasSuffix("for guests; not every floor can be kept"), "\(floors)")
    let reserve = try errors("[domain web1]\nreserve = 4G")
    #expect(reserve == ["memtop: web1: its reserve, 4.00G, is not below its static-max, 4.00G"])
    #expect(try errors("[host]\nreserve = 4G\n[domain *]\nfloor = 64M").isEmpty)
  }

  @Test("a policy that an editor has put a byte order mark before is read; UTF-16 is named")
  func byteOrderMark() throws {
    let marked = try Policy("\u{FEFF}[domain web1]\nfloor = 1G")
    let run = try Program.run("policy", "--demo", "--policy", marked.path, "--format", "csv")
    #expect(run.status == 0 && run.output.contains(",1073741824,"), "\(run)")
    let wide = try Policy("")
    try #require("[host]".data(using: .utf16)).write(to: URL(fileURLWithPath: wide.path))
    let refused = try Program.run("policy", "--demo", "--policy", wide.path)
    #expect(refused.status == 65 && refused.errors.contains("is UTF-16; save it as UTF-8"))
  }

  @Test("the plan of memtop free leaves alone whom the policy does")
  func free() throws {
    let policy = try Policy("[domain files]\nhands-off = yes")
    let run = try Program.run(
      "free", "4G", "--demo", "--dry-run", "--policy", policy.path)
    #expect(run.output.contains("files: gives nothing: the policy says hands off"), "\(run)")
  }

  @Test("advice and regulation are fields of batch mode, and not of recordings")
  func fields() throws {
    let run = try Program.run(
      "-b", "-n", "1", "--demo", "--format", "csv", "--fields", "name,advice,regulation")
    let rows = run.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(rows[0].suffix(3) == ["name", "advice", "regulation"])
    let files = try #require(rows.first { $0.contains("files") })
    let advice = files[files.count - 2]
    #expect(!advice.isEmpty && advice.allSatisfy { $0.isNumber }, "\(files)")
    let host = try RecordedHost("small", seconds: 1..<20)
    let dump = try Program.run("dump", host.path, "--fields", "name,advice")
    #expect(dump.status == 64 && dump.errors.contains("advice is not recorded"), "\(dump)")
    #expect(try !Program.run("dump", host.path, "--format", "csv").output.contains("advice"))
  }
}
