import Foundation
import Patience
import Testing

@testable import MemtopXen

/// What `prepare` made: the real xenstored and the fakes, or why they cannot be had.
enum Fixture {
  static let sources = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
  static let directory = sources.deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent(".build/xenstore")

  static var xenstored: String { directory.appendingPathComponent("xenstored").path }
  static var fakeHost: String {
    directory.appendingPathComponent("fake_xenstored_host.so").path
  }
  static var fakeHypercalls: String {
    directory.appendingPathComponent("fake_hypercalls.so").path
  }

  /// nil when everything is there.
  static let absence: String? = {
    let prepare = Process()
    let output = Pipe()
    prepare.executableURL = sources.appendingPathComponent("prepare")
    prepare.arguments = [directory.path]
    prepare.standardOutput = output
    do { try prepare.run() } catch { return "\(error)" }
    let words = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    prepare.waitUntilExit()
    precondition([0, 77].contains(prepare.terminationStatus), "prepare failed: \(words)")
    guard prepare.terminationStatus == 0 else { return words }
    // Global, and before libxenctrl: the loader then prefers the fake's symbols to the real ones'.
    guard dlopen(fakeHypercalls, RTLD_NOW | RTLD_GLOBAL) != nil else {
      return String(cString: dlerror())
    }
    do {
      try XenLibrary.control.open(for: release)
      try XenLibrary.store.open(for: release)
    } catch { return "\(error)" }
    return nil
  }()

  /// Debian 12's.
  static let release = XenRelease(major: 4, minor: 17, extra: ".7")

  static var isPresent: Bool {
    if let absence { print("skipped: xenstore tests: \(absence)") }
    return absence == nil
  }

  static func temporaryDirectory() -> URL {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("memtop-xenstore-\(UUID().uuidString)")
    try! FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }
}

struct TimedOut: Error {}

/// Waits until something that another process or thread does has happened.
func eventually(_ seconds: Double = 10, _ condition: () throws -> Bool) throws {
  var patience = Patience(seconds: seconds)
  while try !condition() {
    guard patience.lasts() else { throw TimedOut() }
    usleep(1000)
  }
}
