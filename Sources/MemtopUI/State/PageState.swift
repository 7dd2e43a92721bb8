import MemtopCore

/// What lies over the list: pages, prompts, a review. Only its own functions change it.
package struct PageState: Sendable {
  /// Innermost last.
  package private(set) var layers: [Layer] = []

  /// The review that is open, which may lie under a prompt.
  var review: Review? {
    reviewPlace.flatMap { if case .review(let review) = layers[$0] { review } else { nil } }
  }

  var isDomainOpen: Bool { layers.contains { $0.isPage } }

  private var reviewPlace: Int? { layers.lastIndex { $0.isReview } }

  mutating func open(_ layer: Layer) { layers.append(layer) }

  /// Takes the innermost away.
  @discardableResult
  mutating func close() -> Layer? { layers.popLast() }

  /// Puts another in the innermost one's place.
  mutating func replace(with layer: Layer) { layers[layers.count - 1] = layer }

  /// - Returns: whether there was one.
  mutating func closePages() -> Bool {
    let open = layers.count
    layers.removeAll { $0.isPage }
    return layers.count < open
  }

  mutating func replaceReview(with review: Review) {
    if let reviewPlace { layers[reviewPlace] = .review(review) }
  }

  /// Takes it away, with what lies over it.
  mutating func closeReview() {
    if let reviewPlace { layers.removeSubrange(reviewPlace...) }
  }

  /// The question that is open.
  var prompt: Prompt? { if case .prompt(let prompt) = layers.last { prompt } else { nil } }

  /// Says what is wrong with the question that is open.
  mutating func setProblem(_ problem: String) {
    guard var prompt else { return }
    prompt.problem = Prompt.Problem(problem)
    replace(with: .prompt(prompt))
  }

  mutating func closeReviews() { layers.removeAll { $0.isReview } }

  mutating func zoom(_ next: KeyPath<ChartRange, ChartRange>) {
    guard case .page(var page) = layers.last else { return }
    page.range = page.range[keyPath: next]
    replace(with: .page(page))
  }

  /// Scrolls the innermost, at most so far.
  mutating func scroll(_ step: Int, most: Int) {
    func moved(_ top: Int) -> Int { min(max(0, top + step), most) }
    switch layers.last {
    case .page(var page):
      page.top = moved(page.top)
      replace(with: .page(page))
    case .help(let top): replace(with: .help(top: moved(top)))
    case .review(var review):
      review.top = moved(review.top)
      replace(with: .review(review))
    case .progress(let top): replace(with: .progress(top: moved(top)))
    case .prompt, .events, nil: break
    }
  }

  /// Changes the page of events, which may lie under a prompt.
  mutating func changeEvents(rows: Int, _ change: (inout EventList) -> Void) {
    guard let index = layers.lastIndex(where: { if case .events = $0 { true } else { false } }),
      case .events(var list) = layers[index]
    else { return }
    change(&list)
    list.keepCursorInSight(rows: rows)
    layers[index] = .events(list)
  }
}

extension Layer {
  fileprivate var isPage: Bool { if case .page = self { true } else { false } }
  var isReview: Bool { if case .review = self { true } else { false } }
}

/// Something that lies over the list; `q` and Esc take the innermost away.
package enum Layer: Sendable {
  /// The page of the domain under the cursor.
  case page(DomainPage)
  /// How far it is scrolled.
  case help(top: Int)
  case prompt(Prompt)
  case review(Review)
  case events(EventList)
  /// How a change goes, scrolled so far.
  case progress(top: Int)
}

/// What is chosen on a domain's page.
package struct DomainPage: Hashable, Sendable {
  package var range: ChartRange = .tenMinutes
  /// Rows scrolled down, where the page is longer than the screen.
  package var top = 0
}

/// How much of the past a chart covers.
package enum ChartRange: Int64, CaseIterable, Hashable, Sendable {
  case twoMinutes = 2
  case tenMinutes = 10
  case hour = 60
  case sixHours = 360
  case day = 1440

  package var span: Span { .minutes(rawValue) }

  package var text: String {
    switch self {
    case .twoMinutes: "2 min"
    case .tenMinutes: "10 min"
    case .hour: "1 h"
    case .sixHours: "6 h"
    case .day: "24 h"
    }
  }

  var longer: ChartRange { Self.allCases.first { $0.rawValue > rawValue } ?? self }
  var shorter: ChartRange { Self.allCases.last { $0.rawValue < rawValue } ?? self }
}

/// One line that is being typed.
package struct Prompt: Hashable, Sendable {
  package enum Purpose: Hashable, Sendable {
    case filter(before: String)
    /// Which events are listed.
    case eventFilter(before: String)
    /// A SIZE for these domains.
    case size([DomainID])
    /// An amount to free on this host.
    case free(HostNumber)
    case time
    case interval
    /// A note; of the host where no domain is named.
    case note(DomainID?)
    /// Whether to hand these domains to the regulator, or to take them back.
    case regulation([DomainID], isOn: Bool)
    /// The word `yes`, for a change that was warned about.
    case consent

    /// Those that it is about; nil where it is about none.
    var domains: [DomainID]? {
      switch self {
      case .size(let domains), .regulation(let domains, _): domains
      case .note(let domain): domain.map { [$0] }
      case .filter, .eventFilter, .free, .time, .interval, .consent: nil
      }
    }
  }

  package var purpose: Purpose
  /// What the domain that it is about was called when it was asked; nil where there is not one.
  package var name: String?
  package var text = ""
  /// What is wrong with the text.
  package var problem: Problem?

  /// Why what was typed cannot be done.
  package struct Problem: Error, Hashable, Sendable {
    let text: String
    /// For a screen that is too narrow for the text.
    let short: String?

    init(_ text: String, short: String? = nil) { (self.text, self.short) = (text, short) }

    init(_ error: SizeError) { self.init(error.reason, short: error.short) }
  }

  /// In characters.
  var longest: Int {
    switch purpose {
    case .note: 200
    case .filter, .eventFilter: 500
    case .size, .free, .time, .interval, .regulation, .consent: 60
    }
  }

  /// Whether Enter means the same as Esc while nothing is typed. The others have a meaning of their own for it.
  var isLeftByEnter: Bool {
    switch purpose {
    case .size, .free, .time, .interval: text.trimmed.isEmpty
    case .filter, .eventFilter, .note, .regulation, .consent: false
    }
  }

  /// Whether text may come from the clipboard. What stands for the operator's own word may not.
  var takesPaste: Bool {
    switch purpose {
    case .filter, .eventFilter, .size, .free, .time, .interval, .note: true
    case .regulation, .consent: false
    }
  }
}

/// Staged targets, judged and shown before anything is done.
package struct Review: Sendable {
  package struct Row: Hashable, Sendable {
    package var order: TargetOrder
    package var verdict: Verdict
  }
  package enum Stage: Hashable, Sendable {
    /// The domains are being read for it; no key applies anything yet.
    case reading
    case ready
    /// `y` was pressed; the domains are read again, and judged again.
    case rereading
  }

  package var rows: [Row]
  package var stage: Stage
  /// When the domains were last asked to be read.
  var askedAt: SteadyTime
  /// What changed since the operator looked, as a sentence.
  package var news: String?
  /// Where the orders came from, if from `F`: who gives nothing is said as well.
  package var plan: FreePlan?
  package var top = 0

  static let somethingChanged = "Targets or verdicts changed after this review opened."

  /// What someone else made of its domains' targets meanwhile; nil where they are as they were.
  func overtaking(in snapshot: Snapshot) -> String? {
    let overtaken = rows.compactMap { row in
      row.order.overtaking(in: snapshot).map { "\(row.order.whose): \($0)" }
    }
    guard let first = overtaken.first else { return nil }
    return overtaken.count == 1 ? "\(first)." : "\(first), and \(overtaken.count - 1) more."
  }

  /// Some of it is refused, and some is not.
  var isMixed: Bool {
    let refused = rows.refusedCount
    return refused > 0 && refused < rows.count
  }

  package var severity: Verdict.Severity { rows.map(\.verdict.severity).max() ?? .allow }
}

/// Where a key goes: the same key may mean different things, but only one thing in each mode.
package enum Mode: UInt8, CaseIterable, Hashable, Sendable {
  case list, listStaged, listPast
  case page, pageStaged, pagePast
  case help, prompt, review, progress, events
}

/// A set of modes; its own type, because the first `Set` of a type costs the start a search through
/// all that the Swift runtime knows.
package struct Modes: OptionSet, Sendable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  init(_ modes: Mode...) { self = modes.reduce([]) { $0.union(Modes(bit: $1)) } }

  private init(bit mode: Mode) { rawValue = 1 << UInt16(mode.rawValue) }

  package func contains(_ mode: Mode) -> Bool { contains(Modes(bit: mode)) }

  static let all = Mode.allCases.reduce(Modes()) { $0.union(Modes(bit: $1)) }
  static let everywhere = all.subtracting(Modes(.prompt))
  static let lists = Modes(.list, .listStaged, .listPast)
  static let pages = Modes(.page, .pageStaged, .pagePast)
  static let browsing = lists.union(pages)
  static let changing = Modes(.list, .listStaged, .page, .pageStaged)
  static let staged = Modes(.listStaged, .pageStaged)
  static let past = Modes(.listPast, .pagePast)
  static let live = Modes(.list, .page)
}

extension [Review.Row] {
  /// How many of them the guard refuses.
  var refusedCount: Int { count { $0.verdict.severity >= .refuse } }
}
