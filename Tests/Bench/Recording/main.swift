import Glibc
import MemtopCore
import MemtopRecording

/// record-bench write FILE [HOURS [DOMAINS]] | verify FILE [HOURS [DOMAINS]] | seek FILE [JUMPS]
/// record-bench advice DOMAINS [ROUNDS]
///
/// Prints name=value lines that Tests/Bench/parts read.

func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func size(_ path: String) -> Int64 {
  var status = stat()
  return stat(path, &status) == 0 ? Int64(status.st_size) : 0
}

let arguments = CommandLine.arguments
let hours = arguments.count > 3 ? Double(arguments[3])! : 24
let domains = arguments.count > 4 ? Int(arguments[4])! : 100
let samples = Int(hours * 3600)
let path = arguments[2]

switch arguments[1] {
case "write":
  let load = Load(domains: domains)
  let writer = try RecordingWriter(
    path, RecordingOptions(program: "record-bench", user: "bench"), now: WallTime(milliseconds: 0))
  var spent = 0.0
  var domainSamples = 0
  var changed = 0
  var before: [DomainID: UInt64] = [:]
  for _ in 0..<samples {
    let snapshot = load.next()
    domainSamples += snapshot.domains.count
    for domain in snapshot.domains where before[domain.id] != domain.revision {
      before[domain.id] = domain.revision
      changed += 1
    }
    let begin = cpuSeconds()
    guard try writer.append(snapshot) == .written else { fatalError("a sample was skipped") }
    spent += cpuSeconds() - begin
  }
  try writer.close()
  print("domain_samples=\(domainSamples)")
  print("judged_rows=\(changed)")
  print("bytes=\(size(path))")
  print("bytes_per_domain_sample=\(Double(size(path)) / Double(domainSamples))")
  print("cpu_ms_per_sample=\(spent * 1000 / Double(samples))")
case "verify":
  let load = Load(domains: domains)
  let walker = try RecordingWalker(RecordingFile(path))
  var changedRows = 0
  var last: [DomainID: [Int64]] = [:]
  for sample in 1...samples {
    let snapshot = load.next()
    try walker.go(to: Int64(sample))
    let found = walker.snapshot()
    guard Cells.equal(snapshot, found) else { fatalError("sample \(sample) differs") }
    for domain in snapshot.domains {
      let row = SampleRow.row(of: domain, at: snapshot.steady)
      if last[domain.id] != row {
        changedRows += 1
        last[domain.id] = row
      }
    }
  }
  print("equal_samples=\(samples)")
  print("changed_rows=\(changedRows)")
  print("bytes_per_changed_row=\(Double(size(path)) / Double(changedRows))")
case "seek":
  try Seek.run(path, jumps: arguments.count > 3 ? Int(arguments[3])! : 200)
case "advice":
  Advising.run(domains: Int(path)!, rounds: arguments.count > 3 ? Int(arguments[3])! : 500)
default:
  fatalError("write, verify, seek or advice")
}

enum Cells {
  static func equal(_ a: Snapshot, _ b: Snapshot) -> Bool {
    guard a.time == b.time, a.steady == b.steady, a.host == b.host, a.problem == b.problem,
      a.events == b.events, a.domains.count == b.domains.count
    else { return false }
    return zip(a.domains, b.domains).allSatisfy { one, other in
      one.id == other.id && one.facts.name == other.facts.name
        && one.facts.osName == other.facts.osName && one.health == other.health
        && one.life == other.life
        && SampleRow.row(of: one, at: a.steady)
          == SampleRow.row(of: other, at: b.steady)
    }
  }
}
