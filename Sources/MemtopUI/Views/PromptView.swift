import MemtopCore

/// The line that is being typed, its cursor, and what is wrong with it.
struct PromptView {
  let prompt: Prompt
  let state: AppState

  func draw(y: Int, on canvas: inout Canvas) {
    let problem = prompt.problem.map { "  " + $0 } ?? ""
    let most = canvas.columns / 2
    let question = questions.first { TextWidth.columns(of: $0) < most } ?? questions.last!
    var x = canvas.put(question + " ", x: 0, y: y, most: most, style: .key)
    // The end of a long line is what is being typed.
    let room = max(1, canvas.columns - x - 1 - min(most / 2, problem.utf8.count))
    x += canvas.put(String(prompt.text.suffix(room)), x: x, y: y, style: .strong)
    canvas.showCursor(x: x, y: y)
    canvas.put(problem, x: x + 1, y: y, style: .warning)
  }

  /// The same question from long to short.
  private var questions: [String] {
    switch prompt.purpose {
    case .filter, .eventFilter: ["Filter:"]
    case .size(let domains):
      domains.count == 1
        ? ["Target for \(name(domains[0])):", "Target:"]
        : ["Target for \(domains.count) domains:", "\(domains.count) targets:"]
    case .free:
      [" on the host (now \(free)):", " (now \(free)):", ":"].map { "Free how much" + $0 }
    case .time: ["Go to:"]
    case .note(let domain?): ["Note on \(name(domain)):", "Note:"]
    case .note(nil): ["Note on \(state.shown?.host.hostname ?? "the host"):", "Note:"]
    case .regulation(let domains, let isOn):
      Self.handing(domains.count == 1 ? name(domains[0]) : "\(domains.count) domains", isOn)
    case .interval: ["Seconds between samples:", "Seconds:"]
    case .consent: ["Type yes to apply despite the warning:", "Type yes to apply:"]
    }
  }

  private static func handing(_ whom: String, _ isOn: Bool) -> [String] {
    isOn
      ? [
        "Hand \(whom) to the regulator? [y/N]", "Regulate \(whom)? [y/N]", "Regulate? [y/N]",
      ]
      : [
        "Take \(whom) back from the regulator? [y/N]", "Take \(whom) back? [y/N]",
        "Take back? [y/N]",
      ]
  }

  private var free: String { state.live?.host.uncommitted.short ?? "?" }

  private func name(_ id: DomainID) -> String {
    state.shown?.domain(id)?.name ?? "domain \(id.domid)"
  }
}
