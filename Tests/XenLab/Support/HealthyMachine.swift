import Foundation
import Synchronization
import Testing

/// A test that fails because the emulated machine did runs again, on guests that live.
struct HealthyMachine: SuiteTrait, TestTrait, TestScoping {
  private static let attempts = 3

  let isRecursive = true

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let time = MachineTime()
    defer { print("\(test.name): \(time)") }
    for attempt in 1...Self.attempts {
      let failure = try await Self.failureOfMachine(
        in: test, testCase, isLast: attempt == Self.attempts, function)
      guard let failure else { return }
      print("the emulated machine failed: \(failure). \(test.name) runs again")
    }
  }

  /// - Returns: what the machine broke, where the test failed of that; its issues are not recorded then.
  private static func failureOfMachine(
    in test: Test, _ testCase: Test.Case?, isLast: Bool,
    _ function: @Sendable () async throws -> Void
  ) async throws -> String? {
    let failure = Failure(isLast: isLast)
    let handler: IssueHandlingTrait = .compactMapIssues { failure.excuses() ? nil : $0 }
    do {
      try await handler.provideScope(for: test, testCase: testCase, performing: function)
    } catch {
      guard failure.excuses() else { throw error }
    }
    return failure.what
  }
}

/// Whether what failed in a test did so of the emulated machine: asked when something fails.
private final class Failure: Sendable {
  private let isLast: Bool
  private let found = Mutex<String?>(nil)

  init(isLast: Bool) { self.isLast = isLast }

  var what: String? { found.withLock { $0 } }

  func excuses() -> Bool {
    guard !isLast else { return false }
    return found.withLock { found in
      if found == nil { found = Self.ofMachine() }
      return found != nil
    }
  }

  private static func ofMachine() -> String? {
    guard let lab = Lab.current else { return nil }
    guard MachineTime.isRunning else {
      Lab.forget()
      return "its emulator has ended"
    }
    // What dies with this failure may take a moment to be gone.
    sleep(2)
    return try? lab.machineFailure()
  }
}
