import CSQLite
import Foundation
import MemtopRecording
import Testing

@testable import MemtopCore
@testable import TestSupport

/// A host with a guest for each of the corpus, which stands wherever that guest can write.
enum HostileHost {
  /// From the first sample on, with changes of targets and reports that come and go in between.
  static let snapshots: [Snapshot] = {
    var host = ObservedHost(guests, isFirstSeen: false)
    host.host.hostname = "xen1"
    var all: [Snapshot] = []
    for second in 0..<5 {
      host.live(1) { host in
        for (place, value) in HostileCorpus.all.enumerated() {
          act(second, value.bytes, &host[domid(place)])
        }
      }
      all.append(host.snapshot)
    }
    return all
  }()

  static func domid(_ place: Int) -> UInt16 { UInt16(place + 1) }

  private static var guests: [ObservedHost.Domain] {
    [ObservedHost.guest(0)]
      + HostileCorpus.all.enumerated().map { place, value in
        var guest = ObservedHost.guest(domid(place), size: .mib(512))
        for key in [StoreKey.name, .osName, .osUname, .osDistro, .ipv4, .ipv6] {
          guest.write(key, value.bytes)
        }
        return guest
      }
  }

  private static func act(_ second: Int, _ value: [UInt8], _ guest: inout ObservedHost.Domain) {
    func text(_ text: String) -> [UInt8] { Array(text.utf8) }
    switch second {
    case 0: guest.write(.memtopReport, "v1 total=500000 available=100000 swap_total=0 swap_free=0")
    case 1:
      guest.write(.changeMark, text("400000 ") + value + text(" 9 ") + value)
      guest.write(.target, "400000")
      guest.write(.regulation, text("\(guest.id.uuid) regulated ") + value)
    case 2: guest.write(.memtopReport, text("v1 available=") + value)
    case 3:
      guest.write(.meminfo, value)
      guest.write(.regulation, text("\(guest.id.uuid) released ") + value)
    default: guest.write(.memtopReport, "v1 total=500000 available=400000")
    }
  }
}

/// A recording of that host, or one that somebody has written into.
final class HostileRecording {
  let directory = NSTemporaryDirectory() + "memtop-hostile-\(UUID().uuidString)"
  var path: String { directory + "/host.memtop" }

  init() throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let writer = try RecordingWriter(
      path, RecordingOptions(user: "alice", note: "a note"), now: ObservedHost.start)
    for snapshot in HostileHost.snapshots { _ = try writer.append(snapshot) }
    try writer.close()
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// Puts the corpus into these columns, another of it in each row.
  func spoil(_ columns: [(table: String, column: String)]) throws {
    var handle: OpaquePointer?
    try #require(sqlite3_open(path, &handle) == SQLITE_OK)
    defer { sqlite3_close(handle) }
    func run(_ sql: String) {
      #expect(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK, "\(sql)")
    }
    run("BEGIN")
    for (table, column) in columns {
      run(
        "CREATE TEMP TABLE numbered AS SELECT rowid AS r, row_number() OVER () AS n FROM \(table)")
      for (place, value) in HostileCorpus.all.enumerated() {
        let hex = value.bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
          .joined()
        run(
          "UPDATE OR IGNORE \(table) SET \(column) = CAST(x'\(hex)' AS TEXT) WHERE rowid IN "
            + "(SELECT r FROM numbered WHERE n % \(HostileCorpus.all.count) = \(place))")
      }
      run("DROP TABLE numbered")
    }
    run("COMMIT")
  }
}
