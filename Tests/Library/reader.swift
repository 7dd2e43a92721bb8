// Reads the recording that it is given: what it uses is what others may use.
import MemtopCore
import MemtopRecording

let file = try RecordingFile(CommandLine.arguments[1])
guard let range = file.wallRange else { fatalError("an empty recording") }

var samples = 0
var highest: [DomainID: (name: String, busy: Bytes)] = [:]
let part = Extract(file, begin: range.lowerBound, end: range.upperBound, step: .seconds(1))
try part.forEach([.host, .events]) { snapshot in
  samples += 1
  for domain in snapshot.domains where domain.health == .fresh && domain.pressure != .thrashing {
    guard let busy = domain.busy else { continue }
    highest[domain.id] = (domain.name, max(busy, highest[domain.id]?.busy ?? .zero))
  }
  return true
}
print("samples:", samples, "of", try file.sessions().count, "sessions")
print("domains:", highest.count)
for (id, most) in highest.sorted(by: { $0.key.domid < $1.key.domid }) {
  print(id.domid, id.uuid, most.name, most.busy.mib, "MiB")
}

var events = 0
try part.forEachEvent { event in
  events += 1
  return event.time <= range.upperBound
}
print("events:", events, "damage:", file.damage)

let report = try part.report()
for domain in report.domains {
  print(domain.name, domain.held.gibHourMillionths, domain.allocation?.p95.mib ?? 0)
}

do {
  _ = try RecordingFile("/etc/passwd")
} catch {
  print("no recording:", error.cause)
}
