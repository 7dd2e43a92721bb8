import Foundation
import MemtopCore

@testable import MemtopXen

/// A host whose targets XAPI owns: with a fake `xe` in the place of XAPI's, and the files that tell of
/// XAPI. Its one guest has a dynamic range of 64 MiB to 192 MiB, and its target at 128 MiB.
final class XAPIHost {
  let libxl: LibxlHost
  var host: TestHost { libxl.host }
  var domain: DomainID { libxl.domain }
  /// Where a test tells the fake what to do; see fakes/fake-xe.
  private let state: URL

  static let range = DynamicRange(low: .mib(64), high: .mib(192))

  init() throws {
    libxl = try LibxlHost()
    state = libxl.root.appendingPathComponent("fake-xe")
    try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
    try put("uuid-\(libxl.domain.uuid)", "\(libxl.domid)")
    try installTool()
    try setRange(Self.range)
  }

  private func installTool() throws {
    let tool = libxl.root.appendingPathComponent("opt/xensource/bin/xe")
    try FileManager.default.createDirectory(
      at: tool.deletingLastPathComponent(), withIntermediateDirectories: true)
    let script = """
      #!/bin/sh
      # A FAKE of XAPI's xe, for tests.
      state=\(state.path)
      tools=\(Fixture.directory.path)/tools
      export XENSTORED_PATH=\(host.xenstored.socket)
      . \(Fixture.sources.path)/fakes/fake-xe
      """
    try script.write(to: tool, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tool.path)
  }

  func put(_ file: String, _ text: String) throws {
    try text.write(to: state.appendingPathComponent(file), atomically: true, encoding: .utf8)
  }

  func remove(_ file: String) throws {
    try FileManager.default.removeItem(at: state.appendingPathComponent(file))
  }

  /// What xe was called with, and its environment, a line each; nil where it was not called.
  var called: [String]? {
    let text = try? String(contentsOf: state.appendingPathComponent("called"), encoding: .utf8)
    return text?.split(separator: "\n").map(String.init)
  }

  /// As another user of XAPI does.
  func setRange(_ range: DynamicRange) throws {
    try host.write(libxl.domid, .dynamicMin, "\(range.low.kib)")
    try host.write(libxl.domid, .dynamicMax, "\(range.high.kib)")
  }

  func order(
    to: Bytes, from range: DynamicRange = range, range wanted: DynamicRange? = nil
  ) -> TargetOrder {
    ranged(libxl.order(to: to), from: range, to: wanted)
  }

  func ranged(
    _ order: TargetOrder, from: DynamicRange, to wanted: DynamicRange? = nil
  ) -> TargetOrder {
    var order = order
    order.range = RangeChange(from: from, to: wanted ?? .point(order.to))
    return order
  }

  var present: DynamicRange? {
    get throws {
      guard let keys = try host.keys(libxl.domid),
        let low = keys[.dynamicMin].flatMap({ Bytes(storeKiB: $0) }),
        let high = keys[.dynamicMax].flatMap({ Bytes(storeKiB: $0) })
      else { return nil }
      return DynamicRange(low: low, high: high)
    }
  }
}

/// A FAKE of XAPI's squeezed: it sets each target that is not where it puts it, at an interval, as the
/// real one does every 10 s (xen-api, ocaml/squeezed, squeeze.ml).
final class FakeSqueezed: @unchecked Sendable {
  private let lock = NSLock()
  private var isToEnd = false
  private let ended = DispatchSemaphore(value: 0)

  /// - Parameter share: how much of its range each domain gets.
  init(_ domids: [UInt16], every interval: TimeInterval = 0.1, share: Double = 0.5) throws {
    let store = try StoreConnection(socketOnly: true)
    Thread { [self] in
      while !lock.withLock({ isToEnd }) {
        for domid in domids { try? Self.balance(domid, store, share) }
        Thread.sleep(forTimeInterval: interval)
      }
      ended.signal()
    }.start()
  }

  func end() {
    lock.withLock { isToEnd = true }
    ended.wait()
  }

  private static func balance(_ domid: UInt16, _ store: StoreConnection, _ share: Double) throws {
    func number(_ key: StoreKey) throws -> Int64? {
      try store.text("/local/domain/\(domid)/\(key.path)").flatMap { Int64($0) }
    }
    guard let low = try number(.dynamicMin), let high = try number(.dynamicMax) else { return }
    let target = low + Int64(Double(max(0, high - low)) * share)
    guard try number(.target) != target else { return }
    try store.write("/local/domain/\(domid)/\(StoreKey.target.path)", Array("\(target)".utf8))
  }
}
