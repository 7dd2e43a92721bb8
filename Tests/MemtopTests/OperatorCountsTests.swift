import Glibc
import MemtopSystem
import Synchronization
import TestSupport
import Testing

@testable import MemtopCore
@testable import MemtopSimulation
@testable import MemtopUI
@testable import memtop

/// A simulated host on which what is counted is kept.
private final class CountedHost {
  let host = TroubledHost(scenario: "datacenter")
  private final class Kept: Sendable { let entries = Mutex<[OperatorCounts.Entry]>([]) }
  private let kept = Kept()

  var connection: HostConnection {
    var connection = host.connection
    let kept = kept
    connection.count = { new in kept.entries.withLock { $0 += new } }
    return connection
  }

  var entries: [OperatorCounts.Entry] { kept.entries.withLock { $0 } }
}

@Suite("what operators' orders are counted as", .timeLimit(.minutes(30)))
struct OperatorOrderTests {
  private let counted = CountedHost()

  private func set(
    _ name: String, _ size: String, isDryRun: Bool = false, isForced: Bool = false
  ) throws -> Failure.Status? {
    let setting = TargetSetting(
      session: ChangeSession(counted.connection, counted.host.loop),
      domain: DomainArgument(text: name), size: try #require(try? SizeExpression(parsing: size)),
      consent: ChangeConsent(isDryRun: isDryRun, agrees: true), isForced: isForced, patience: nil)
    do throws(Failure) {
      try setting.perform()
      return nil
    } catch {
      return error.status
    }
  }

  @Test("memtop set: a target that is set, and one that the guard refuses")
  func script() throws {
    #expect(try set("dns", "8M", isDryRun: true) == .refused)
    #expect(counted.entries.isEmpty)
    #expect(try set("dns", "8M") == .refused)
    #expect(counted.entries == [.refused(.belowBusy)])
    #expect(try set("web1", "+64M") == nil)
    #expect(counted.entries == [.refused(.belowBusy), .written(isDone: true)])
  }

  @Test("the screen: a review that refuses counts once, however long it is looked at")
  func screen() throws {
    let loop = counted.host.loop
    let source = LiveSource(
      host: counted.connection, loop: loop,
      recording: ScreenRecording { _, _ throws(Failure) in
        throw Failure(line: "no", status: .failed)
      })
    var state = AppState(
      settings: ScreenSettings(), size: ScreenSize(columns: 80, rows: 24), now: loop.now)
    func run(_ span: Span) {
      let end = loop.now + span
      while loop.now < end {
        source.turn(state).forEach { tell($0) }
        loop.wait(until: min(source.due, end))
      }
    }
    func tell(_ event: AppEvent) {
      for effect in reduce(&state, event, history: source.history) {
        _ = source.perform(effect, state)
      }
    }
    run(.seconds(3))
    let dns = try #require(state.live?.domains.first { $0.name == "dns" })
    #expect(state.stageSize("8M", for: [dns.id]) == nil)
    for effect in state.openReview() { _ = source.perform(effect, state) }
    run(.seconds(5))
    #expect(state.pages.review?.severity ?? .allow >= .refuse)
    #expect(counted.entries == [.refused(.belowBusy)])
  }

  @Test("processes that add at the same moment lose nothing of what is counted")
  func file() async throws {
    let directory = try TextfileDirectory()
    let path = directory.path
    #expect(OperatorCountsFile(in: RuntimeDirectory(path)).read() == OperatorCounts())
    await withTaskGroup { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<5 {
            OperatorCountsFile(in: RuntimeDirectory(path), tries: 10_000).add([.refused(.hostShort)]
            )
          }
        }
      }
    }
    let read = try #require(OperatorCountsFile(in: RuntimeDirectory(path)).read())
    #expect(read.refusals(.hostShort) == 20)
    #expect(Set(directory.names) == [OperatorCountsFile.name, OperatorCountsFile.name + ".lock"])
  }

  @Test("a directory that others can write to is not used")
  func others() throws {
    let directory = try TextfileDirectory()
    chmod(directory.path, 0o777)
    OperatorCountsFile(in: RuntimeDirectory(directory.path)).add([.refused(.hostShort)])
    #expect(directory.names.isEmpty)
  }
}
