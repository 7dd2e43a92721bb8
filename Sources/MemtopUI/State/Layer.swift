import MemtopCore

/// Something that lies over the list; `q` and Esc take the innermost away.
public enum Layer: Sendable {
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
public struct DomainPage: Hashable, Sendable {
  public var range: ChartRange = .tenMinutes
  /// Rows scrolled down, where the page is longer than the screen.
  public var top = 0
}

/// How much of the past a chart covers.
public enum ChartRange: Int64, CaseIterable, Hashable, Sendable {
  case twoMinutes = 2
  case tenMinutes = 10
  case hour = 60
  case sixHours = 360
  case day = 1440

  public var span: Span { .minutes(rawValue) }

  public var text: String {
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
public struct Prompt: Hashable, Sendable {
  public enum Purpose: Hashable, Sendable {
    case filter(before: String)
    /// Which events are listed.
    case eventFilter(before: String)
    /// A SIZE for these domains.
    case size([DomainID])
    /// An amount to free on the host.
    case free
    case time
    case interval
    /// A note; of the host where no domain is named.
    case note(DomainID?)
    /// Whether to hand these domains to the regulator, or to take them back.
    case regulation([DomainID], isOn: Bool)
    /// The word `yes`, for a change that was warned about.
    case consent
  }

  public var purpose: Purpose
  public var text = ""
  /// What is wrong with the text.
  public var problem: String?

  /// Why what was typed cannot be done, as an outcome.
  struct Problem: Error { var text: String }

  /// In characters.
  var longest: Int {
    if case .note = purpose { 200 } else { 60 }
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
public struct Review: Sendable {
  public struct Row: Hashable, Sendable {
    public var order: TargetOrder
    public var verdict: Verdict
  }
  public enum Stage: Hashable, Sendable {
    /// The domains are being read for it; no key applies anything yet.
    case reading
    case ready
    /// `y` was pressed; the domains are read again, and judged again.
    case rereading
  }

  public var rows: [Row]
  public var stage: Stage
  /// When the domains were last asked to be read.
  var askedAt: SteadyTime
  /// Something changed since the operator looked.
  public var changed = false
  /// Where the orders came from, if from `F`: who gives nothing is said as well.
  public var plan: FreePlan?
  public var top = 0

  /// Some of it is refused, and some is not.
  var isMixed: Bool {
    let refused = rows.count { $0.verdict.severity >= .refuse }
    return refused > 0 && refused < rows.count
  }

  public var severity: Verdict.Severity { rows.map(\.verdict.severity).max() ?? .allow }
}
