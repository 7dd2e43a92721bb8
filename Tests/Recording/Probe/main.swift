import CSQLite
import Glibc
import MemtopCore
import MemtopRecording
import RecordedLoad

/// record-probe write FILE FIRST [COUNT] [name=value…]: appends the numbered load from number FIRST on, as
/// fast as it can, COUNT of it or without end, and prints each number after `append` has returned.
///   max-size=MIB keep=MINUTES sync=MILLISECONDS
///   acknowledge=DEVICE acknowledge-at=BYTE  writes each number to a device, past the page cache, in
///   place of printing it
///   pace=MICROSECONDS  between samples
///   patient=yes  tries again until there is room on the disk
/// record-probe check FILE [integrity=no]: prints the numbers that the file holds, as FIRST-LAST ranges, and what is wrong.
signal(SIGXFSZ, SIG_IGN)

/// At once: whoever reads it must know it where this process is killed after.
func say(_ line: String) {
  var line = line + "\n"
  line.withUTF8 { _ = Glibc.write(1, $0.baseAddress!, $0.count) }
}

let words = Array(CommandLine.arguments.dropFirst())
func option(_ name: String) -> String? {
  words.last { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
}

func fail(_ error: RecordingError) -> Never {
  say("\(error.cause): \(error)")
  exit(1)
}

switch words.first {
case "write": write(words[1], from: Int64(words[2])!)
case "check": check(words[1])
default: exit(64)
}

func write(_ path: String, from first: Int64) {
  let count = words.count > 3 ? Int64(words[3]) : nil
  let acknowledge = Acknowledgement(
    option("acknowledge"), at: option("acknowledge-at").flatMap { Int($0) } ?? 0)
  let pace = option("pace").flatMap { UInt32($0) }
  do throws(RecordingError) {
    let writer = try RecordingWriter(
      path,
      RecordingOptions(
        keep: option("keep").flatMap { Int64($0) }.map { .minutes($0) },
        maxSize: option("max-size").flatMap { Int64($0) }.map { .mib($0) },
        sync: option("sync").flatMap { Int64($0) }.map { Span(milliseconds: $0) }
          ?? RecordingOptions.defaultSync, program: "record-probe", user: "tester"),
      now: NumberedLoad.snapshot(first).time)
    var number = first
    while count.map({ number < first + $0 }) ?? true {
      do throws(RecordingError) {
        switch try writer.append(NumberedLoad.snapshot(number)) {
        case .written: acknowledge.tell(number)
        case .skipped(let why): say("skipped \(number): \(why)")
        }
        number += 1
      } catch  where error.cause == .full && option("patient") != nil {
        say("waits: \(error)")
        usleep(10_000)
      }
      if let pace { usleep(pace) }
    }
    try writer.close()
    say("closed")
  } catch {
    fail(error)
  }
}

/// Tells somebody who outlives this process, or this machine, that a sample was taken.
struct Acknowledgement {
  private var device: Int32 = -1
  /// O_DIRECT on x86-64, which Glibc's module leaves out.
  private static let direct: Int32 = 0o40000
  private let block = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 4096)

  private let offset: Int

  init(_ device: String?, at offset: Int) {
    self.offset = offset
    guard let device else { return }
    self.device = open(device, O_WRONLY | Self.direct)
    guard self.device >= 0 else {
      say("cannot open \(device)")
      exit(1)
    }
    memset(block, 0, 4096)
  }

  func tell(_ number: Int64) {
    guard device >= 0 else { return say("\(number)") }
    put("ACKNOWLEDGED \(number)\n")
    guard pwrite(device, block, 4096, offset) == 4096 else { exit(1) }
  }

  private func put(_ text: String) {
    var text = text
    text.withUTF8 { block.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
  }
}

func check(_ path: String) {
  do throws(RecordingError) {
    let found = try RecordingCheck(path)
    var ranges: [ClosedRange<Int64>] = []
    for number in found.numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    say("numbers " + ranges.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: " "))
    for problem in found.problems { say("problem \(problem)") }
    for line in found.damage { say("damage \(line)") }
    let integrity = option("integrity") == "no" ? "ok" : integrity(path)
    if integrity != "ok" { say("problem integrity_check: \(integrity)") }
    exit(found.problems.isEmpty && found.damage.isEmpty && integrity == "ok" ? 0 : 1)
  } catch {
    fail(error)
  }
}

/// SQLite's own word on the file.
func integrity(_ path: String) -> String {
  // What a writer left that was killed while it made or ended the file must be mended first.
  let word = integrity(path, SQLITE_OPEN_READONLY)
  return word.contains("readonly") ? integrity(path, SQLITE_OPEN_READWRITE) : word
}

func integrity(_ path: String, _ flags: Int32) -> String {
  var (handle, statement): (OpaquePointer?, OpaquePointer?)
  defer {
    sqlite3_finalize(statement)
    sqlite3_close_v2(handle)
  }
  guard sqlite3_open_v2(path, &handle, flags, nil) == SQLITE_OK,
    sqlite3_prepare_v2(handle, "PRAGMA integrity_check", -1, &statement, nil) == SQLITE_OK,
    sqlite3_step(statement) == SQLITE_ROW, let text = sqlite3_column_text(statement, 0)
  else { return String(cString: sqlite3_errmsg(handle)) }
  return String(cString: text)
}
