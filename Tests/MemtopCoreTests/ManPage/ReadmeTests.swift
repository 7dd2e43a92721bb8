import Foundation
import Testing

@testable import MemtopCore

/// What README.md tells people to run.
@Suite struct ReadmeTests {
  @Test("the reporter in the README writes what memtop reads")
  func reporter() throws {
    let line = try Self.run(Self.script())
    let keys = StoreKeys(entries: [(.memtopReport, Array(line.utf8))])
    guard case .read(let reports) = ReportReader.readAll(keys), let report = reports.first else {
      Issue.record("\(line) cannot be read")
      return
    }
    #expect(report.dialect == .memtop)
    #expect(report.interval == .seconds(5))
    #expect(try #require(report.total) > .mib(100))
    #expect(try #require(report.available) < #require(report.total))
    #expect(report.cache != nil && report.swapUsed != nil && report.swapIn != nil)
  }

  /// The shell block after the mark.
  private static func script() throws -> String {
    let readme = try String(
      contentsOf: ManPage.root.appendingPathComponent("README.md"), encoding: .utf8)
    let part = try #require(readme.firstMatch(of: /<!-- reporter -->\n```sh\n((?s).*?)```/))
    return String(part.1)
  }

  /// Runs the loop once, with commands of ours in place of xenstore-write and sleep.
  private static func run(_ script: String) throws -> String {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("memtop-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let stub = folder.appendingPathComponent("xenstore-write")
    try Data("#!/bin/sh\n[ \"$1\" = data/memtop ] && printf %s \"$2\"\n".utf8).write(to: stub)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: stub.path)
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", "PATH=\(folder.path):$PATH; sleep() { exit; }\n" + script]
    let output = Pipe()
    shell.standardOutput = output
    try shell.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    shell.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self)
  }
}
