/// The line that is being typed, its cursor, and what is wrong with it.
struct PromptView {
  let prompt: Prompt
  let state: AppState

  func draw(y: Int, on canvas: inout Canvas) {
    let problem = prompt.problem.map { "  " + $0 } ?? ""
    let most = canvas.columns / 2
    var x = canvas.put(question + " ", x: 0, y: y, most: most, style: .key)
    // The end of a long line is what is being typed.
    let room = max(1, canvas.columns - x - 1 - min(most / 2, problem.utf8.count))
    x += canvas.put(String(prompt.text.suffix(room)), x: x, y: y, style: .strong)
    canvas.showCursor(x: x, y: y)
    canvas.put(problem, x: x + 1, y: y, style: .warning)
  }

  private var question: String {
    switch prompt.purpose {
    case .filter: "Filter:"
    case .size(let domains):
      domains.count == 1
        ? "Target for \(name(domains[0])):" : "Target for \(domains.count) domains:"
    case .free: "Free how much on the host (now \(free)):"
    case .time: "Go to:"
    case .interval: "Seconds between samples:"
    case .consent: "Type yes to apply in spite of the warning:"
    }
  }

  private var free: String { state.live?.host.uncommitted.short ?? "?" }

  private func name(_ id: DomainID) -> String {
    state.shown?.domain(id)?.name ?? "domain \(id.domid)"
  }
}
