import MemtopCore

extension AppState {
  mutating func ask(_ purpose: Prompt.Purpose, text: String = "") {
    let one = purpose.domains.flatMap { $0.count == 1 ? $0[0] : nil }
    let name = one.flatMap { shown?.domain($0)?.name }
    pages.open(.prompt(Prompt(purpose: purpose, name: name, text: text)))
  }

  /// A key for the line that is being typed.
  mutating func type(_ key: Key, _ history: any HistoryReader) -> [Effect] {
    guard case .prompt(var prompt) = pages.layers.last else { return [] }
    prompt.problem = nil
    switch key.edit {
    case .cancel: return cancel(prompt, history)
    case .finish: return finish(prompt, history)
    case .insert(let text) where prompt.text.count + text.count > prompt.longest:
      prompt.problem = Prompt.Problem("at most \(prompt.longest) characters", short: "too long")
    case .insert(let text): prompt.text += text
    case .deleteLast: _ = prompt.text.popLast()
    case .deleteAll: prompt.text = ""
    case nil: return []
    }
    pages.replace(with: .prompt(prompt))
    follow(prompt.purpose, prompt.text, history)
    return []
  }

  private mutating func cancel(_ prompt: Prompt, _ history: any HistoryReader) -> [Effect] {
    pages.close()
    switch prompt.purpose {
    case .filter(let before), .eventFilter(let before): follow(prompt.purpose, before, history)
    case .size, .free, .time, .interval, .note, .regulation, .consent: break
    }
    return []
  }

  /// What is listed follows the filter as it is typed.
  private mutating func follow(
    _ purpose: Prompt.Purpose, _ text: String, _ history: any HistoryReader
  ) {
    switch purpose {
    case .filter: tryFilter(text)
    case .eventFilter: filterEvents(text, history)
    case .size, .free, .time, .interval, .note, .regulation, .consent: break
    }
  }

  /// The list follows the filter as it is typed; while it makes no sense yet, it stays.
  private mutating func tryFilter(_ text: String) {
    guard let filter = try? Filter(text) else { return }
    list.show(only: filter)
    relist()
  }

  private mutating func finish(_ prompt: Prompt, _ history: any HistoryReader) -> [Effect] {
    if prompt.isLeftByEnter { return cancel(prompt, history) }
    switch prompt.purpose {
    case .filter: return finishFilter(prompt.text)
    case .eventFilter: return end(nil)
    case .interval: return finishInterval(prompt.text)
    case .note(let domain): return finishNote(prompt.text, domain, name: prompt.name)
    case .time: return finishTime(prompt.text, history)
    case .size(let domains): return end(stageSize(prompt.text, for: domains))
    case .free(let host): return finishFreeing(prompt.text, on: host)
    case .consent: return finishConsent(prompt.text)
    case .regulation(let domains, let isOn):
      return finishHanding(prompt.text, domains, isOn: isOn)
    }
  }

  /// Closes the prompt, or keeps it open and says what is wrong.
  mutating func end(_ problem: Prompt.Problem?) -> [Effect] {
    guard case .prompt(var prompt) = pages.close() else { return [] }
    if let problem {
      prompt.problem = problem
      pages.open(.prompt(prompt))
    }
    return []
  }

  /// Keeps the prompt open, empties it, and says what is wrong.
  mutating func endAnew(_ problem: Prompt.Problem) -> [Effect] {
    guard case .prompt(var prompt) = pages.close() else { return [] }
    (prompt.text, prompt.problem) = ("", problem)
    pages.open(.prompt(prompt))
    return []
  }

  private mutating func finishFilter(_ text: String) -> [Effect] {
    do throws(Filter.Problem) {
      _ = try Filter(text)
      return end(nil)
    } catch {
      return end(Prompt.Problem(error.text, short: "try web or busy>2G"))
    }
  }

  private mutating func finishInterval(_ text: String) -> [Effect] {
    guard let span = Span(typed: text), Self.intervals.contains(span) else {
      return end(Prompt.Problem("from 0.2 to 3600 seconds", short: "0.2 to 3600"))
    }
    settings.interval = span
    pages.close()
    say("A sample every \(span.exact)")
    return [.setInterval(span)]
  }

  static let intervals = Span(milliseconds: 200)...Span.seconds(3600)

  /// A plan goes straight to its review: nothing of it is done unseen.
  private mutating func finishFreeing(_ text: String, on host: HostNumber) -> [Effect] {
    switch stageFreeing(text, on: host) {
    case .failure(let problem): return end(problem)
    case .success(nil): return end(nil)
    case .success(let plan?): return end(nil) + openReview(of: plan)
    }
  }

  private mutating func finishTime(_ text: String, _ history: any HistoryReader) -> [Effect] {
    do throws(TypedTime.Problem) {
      let time = try TypedTime(parsing: text)
      // The prompt is over the list: what is said of the time is to be seen.
      if let problem = go(to: time, playing: nil, history) { return end(Prompt.Problem(problem)) }
      pages.close()
      return []
    } catch {
      return end(Prompt.Problem(error.description, short: "try 14:02 or -5m"))
    }
  }
}
