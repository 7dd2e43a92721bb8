import Foundation
import MemtopCore
import Testing

@testable import MemtopRecording

@Suite("The private copy of a recording", .timeLimit(.minutes(30)))
struct PrivateCopyTests {
  private let scratch = Scratch()

  private func left(_ directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory)
  }

  @Test("has no name once it is open, so that nothing is left of it however its reader ends")
  func opened() throws {
    let (path, directory) = (scratch.file("a.memtop"), scratch.file("tmp"))
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    let writer = try RecordingWriter(path, RecordingOptions(), now: WallTime(milliseconds: 0))
    let snapshots = Living().next(50)
    for snapshot in snapshots.prefix(40) { _ = try writer.append(snapshot) }
    let copy = try PrivateCopy.opened(path, in: directory) { copy throws(DatabaseError) in
      let database = try Database(copy, .ownCopy)
      try Format.check(database, copy)
      return database
    }
    #expect(try left(directory).isEmpty)
    for snapshot in snapshots.suffix(10) { _ = try writer.append(snapshot) }
    for _ in 0..<2 { #expect(try copy.count("SELECT count(*) FROM sample") == 40) }
    try writer.close()
  }

  @Test("is removed where it cannot be opened")
  func unopened() throws {
    let (path, directory) = (scratch.file("a"), scratch.file("tmp"))
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    try Data("no database, but longer than a header is".utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: DatabaseError.self) {
      _ = try PrivateCopy.opened(path, in: directory) { copy throws(DatabaseError) in
        let database = try Database(copy, .ownCopy)
        try Format.check(database, copy)
        return database
      }
    }
    #expect(try left(directory).isEmpty)
  }
}
