import MemtopCore

/// The line that is being typed, its cursor, and what is wrong with it.
struct PromptView {
  let prompt: Prompt
  let state: AppState

  func draw(y: Int, on canvas: inout Canvas) {
    let most = canvas.columns / 2
    let (question, words) = fitted(to: canvas.columns)
    let problem = words.isEmpty ? "" : "  " + words
    var x = canvas.put(question + " ", x: 0, y: y, most: most, style: .key)
    // The end of a long line is what is being typed.
    let room = max(1, canvas.columns - x - 1 - min(most / 2, problem.utf8.count))
    var tail = prompt.text[...]
    while TextWidth.columns(of: String(tail)) > room { tail = tail.dropFirst() }
    x += canvas.put(String(tail), x: x, y: y, style: .strong)
    canvas.showCursor(x: x, y: y)
    canvas.put(problem, x: x + 1, y: y, style: .warning)
    drawHint(x: x + 2, y: y, on: &canvas)
  }

  /// The question, and what is wrong with the text. The question gives way to the reason: that teaches.
  private func fitted(to columns: Int) -> (question: String, problem: String) {
    let problems = prompt.problem.map { [$0.text] + ($0.short.map { [$0] } ?? []) } ?? []
    let typed = TextWidth.columns(of: prompt.text)
    for problem in problems {
      let room = columns - typed - 4 - TextWidth.columns(of: problem)
      if let question = questions.first(where: { TextWidth.columns(of: $0) <= room }) {
        return (question, problem)
      }
    }
    let question = questions.first { TextWidth.columns(of: $0) < columns / 2 }
    return (question ?? questions.last!, problems.last ?? "")
  }

  /// What can be typed and which key leads out, while nothing is typed yet. The parentheses tell it from
  /// typed text where nothing is dim.
  private func drawHint(x: Int, y: Int, on canvas: inout Canvas) {
    guard prompt.text.isEmpty, prompt.problem == nil else { return }
    let way = prompt.purpose == .consent ? "Esc goes back" : "Esc cancels"
    let hints = examples.map { ["(\($0)   \(way))", "(\($0))"] } ?? []
    let hint = (hints + ["(\(way))"]).first { $0.utf8.count <= canvas.columns - x }
    canvas.put(hint ?? "", x: x, y: y, style: .dim)
  }

  /// What can be typed, where the question does not say that.
  private var examples: String? {
    switch prompt.purpose {
    case .filter: "web  !db2  busy>2G"
    case .eventFilter: "db2  stale"
    case .size: "2G  +10%  max"
    case .free: "8G"
    case .time: "14:02  -5m"
    case .interval: "0.5  10"
    case .note, .regulation, .consent: nil
    }
  }

  /// The same question from long to short.
  private var questions: [String] {
    switch prompt.purpose {
    case .filter, .eventFilter: ["Filter:"]
    case .size(let domains):
      domains.count == 1
        ? ["Target for \(name(domains[0])):", "Target:"]
        : ["Target for \(domains.count) domains:", "\(domains.count) targets:"]
    case .free(let host): amount(on: host)
    case .time: ["Go to:"]
    case .note(let domain?): ["Note on \(name(domain)):", "Note:"]
    case .note(nil): ["Note on \(state.shown?.host.hostname ?? "the host"):", "Note:"]
    case .regulation(let domains, let isOn):
      Self.handing(domains.count == 1 ? name(domains[0]) : "\(domains.count) domains", isOn)
    case .interval: ["Seconds between samples:", "Seconds:"]
    case .consent: ["Type yes to apply despite the warning:", "Type yes to apply:"]
    }
  }

  /// With the host as long as there is room, where there are several.
  private func amount(on host: HostNumber) -> [String] {
    let now = "(now \(free(host))):"
    let place = " on \(state.place(host)) "
    let isOne = state.live?.share(of: host) == nil
    return [
      "How much should be free" + place, isOne ? "How much should be free " : "Wanted free" + place,
      isOne ? "Wanted free " : "Free" + place, "Free ",
    ].map { $0 + now } + ["Free:"]
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

  private func free(_ host: HostNumber) -> String {
    state.live?.of(host).host.uncommitted.short ?? "?"
  }

  private func name(_ id: DomainID) -> String {
    id.named(prompt.name ?? "domain \(id.domid)")
  }
}
