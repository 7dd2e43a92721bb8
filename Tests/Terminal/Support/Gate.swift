/// Lets a few tests at a time at the machine, so that each has the time that its deadlines assume.
actor Gate {
  static let shared = Gate(places: 4)

  private var places: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(places: Int) { self.places = places }

  private func enter() async {
    if places > 0 { places -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
  }

  private func leave() {
    if waiting.isEmpty { places += 1 } else { waiting.removeFirst().resume() }
  }

  static func pass<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
  ) async rethrows -> Result {
    await shared.enter()
    do {
      let result = try await body()
      await shared.leave()
      return result
    } catch {
      await shared.leave()
      throw error
    }
  }
}
