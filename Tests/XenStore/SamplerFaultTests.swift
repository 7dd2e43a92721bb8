import Foundation
import MemtopCore
import Synchronization
import Testing

@testable import MemtopXen

extension XenStore {
  /// Each request that a sampler makes of xenstored, watches among them, meets each fault once.
  @Suite("a sampler that fails at any of its requests", .timeLimit(.minutes(30)))
  struct SamplerFaultTests {
    let host: TestHost

    init() throws {
      host = try TestHost(domids: [0, 1])
      try host.write(1, .name, "web1")
      try host.write(1, .target, "131072")
    }

    private func source() throws -> XenSource {
      try XenSource(
        XenHost(release: Fixture.release, hostname: "test"), parseDom0: { _ in nil },
        clock: host.clock.clock)
    }

    private func keys(_ reading: Reading) -> StoreKeys? {
      reading.domains.first { $0.id.domid == 1 }?.keys
    }

    /// Reads, has a report change, and reads again, until all is well; `fate` decides of the requests.
    /// - Returns: how many requests there were, and the problem that was told.
    private func run(_ fate: @escaping @Sendable (StoreProxy.Request) -> StoreProxy.Fate) throws
      -> (requests: Int, problem: String?)
    {
      let requests = Mutex(0)
      let proxy = try StoreProxy(before: host.xenstored) { request in
        requests.withLock { $0 = request.number + 1 }
        return fate(request)
      }
      defer {
        proxy.end()
        setenv("XENSTORED_PATH", host.xenstored.socket, 1)
      }
      setenv("XENSTORED_PATH", proxy.path, 1)
      let source = try source()
      var problem: String?
      func read() throws -> Reading {
        host.clock.advance(.seconds(31))
        let reading = try source.read()
        problem = problem ?? reading.host.storeProblem
        // Nothing is shown that was never written.
        if let name = keys(reading)?.text(.name) { #expect(name == "web1") }
        return reading
      }
      try host.write(1, .memtopReport, "v1 before")
      _ = try read()
      _ = try read()
      try host.write(1, .memtopReport, "v1 after")
      try eventually {
        let reading = try read()
        return keys(reading)?.text(.memtopReport) == "v1 after"
          && keys(reading)?.text(.target) == "131072" && reading.host.storeProblem == nil
      }
      return (requests.withLock { $0 }, problem)
    }

    @Test(
      "it tells what is wrong, keeps what it knew, and has everything once xenstored answers again",
      arguments: [.garbled, .hungUp] as [StoreProxy.Fate])
    func faults(_ fault: StoreProxy.Fate) throws {
      let (requests, problem) = try run { _ in .passedOn }
      #expect(requests > 10 && problem == nil)
      for step in 0..<requests {
        let (_, problem) = try run { $0.number == step ? fault : .passedOn }
        // Whether the last ones come at all depends on when the events arrive.
        #expect(problem != nil || step > requests - 4, "\(fault) at \(step)")
      }
    }

    @Test("a node that it may not read, or that xenstored fails on, is no more than that node")
    func refused() throws {
      // What is not there is not asked for.
      try host.write(1, .staticMax, "262144")
      for error in ["EACCES", "EIO", "ENOENT"] {
        let refused = Mutex(0)
        let (_, problem) = try run { request in
          guard request.path.hasSuffix("/\(StoreKey.staticMax.path)") else { return .passedOn }
          refused.withLock { $0 += 1 }
          return .refused(error)
        }
        let count = refused.withLock { $0 }
        #expect(problem == nil && count > 0, "\(error)")
      }
    }
  }
}
