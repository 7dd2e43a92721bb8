import MemtopCore
import MemtopSimulation
import MemtopSystem
import Synchronization

/// How the outcome of studies is printed.
enum StudyFormat: String, CaseIterable {
  case table, csv
}

/// Studies as lines: for people one a rule, of all seeds together; as csv one a rule and seed.
enum StudyText {
  static let csvHeading =
    "load,rule,seed,guests,hours,report_interval_s,early_reports,for_guests_gib,oom_kills,"
    + "thrashing_guest_min,swap_in_gb,held_gib_h,cache_hit_percent,target_changes,peak_held_gib,guests_that_fit\n"

  static func csv(
    _ source: StudySource, _ request: StudyRequest, _ outcome: [[StudyAccount]]
  ) -> String {
    var text = ""
    for (seed, accounts) in outcome.enumerated() {
      for (rule, account) in zip(request.rules, accounts) {
        let cells: [String] = [
          source.name, rule.rawValue, "\(seed + 1)", "\(account.guests)", "\(request.hours)",
          "\(request.interval)", request.reportsEarly ? "yes" : "no",
          gib(source.host.forGuests), "\(account.oomKills)",
          fixed(account.thrashingMinutes, 2), fixed(account.swapInGB, 3),
          fixed(account.gibHours, 3), fixed(account.hitShare * 100, 2), "\(account.targetChanges)",
          gib(account.peakHeld), "\(account.guestsThatFit)",
        ]
        text += cells.joined(separator: ",") + "\n"
      }
    }
    return text
  }

  static func table(
    _ source: StudySource, _ request: StudyRequest, _ outcome: [[StudyAccount]]
  ) -> String {
    let sums = request.rules.indices.map { rule in
      outcome.reduce(into: StudyAccount()) { $0.add($1[rule]) }
    }
    let seeds = Double(max(1, outcome.count))
    let best = zip(request.rules, sums).first { $0.0 == .fixed }?.1.gibHours
    var text = heading(source, request, sums.first?.guests ?? 0)
    for (rule, sum) in zip(request.rules, sums) {
      let against = best.map { $0 > 0 ? percent(sum.gibHours / $0 - 1) : "" } ?? ""
      text += line([
        rule.rawValue, "\(sum.oomKills)", fixed(sum.thrashingMinutes / seeds, 1),
        fixed(sum.swapInGB / seeds, 1), fixed(sum.gibHours / seeds, 1), against,
        fixed(sum.hitShare * 100, 1), fixed(Double(sum.targetChanges) / seeds, 0),
        "\(sum.guestsThatFit)",
      ])
    }
    return text
  }

  private static func heading(
    _ source: StudySource, _ request: StudyRequest, _ guests: Int
  ) -> String {
    let seeds = request.seeds == 1 ? "1 seed" : "\(request.seeds) seeds"
    let early = request.reportsEarly ? "" : ", never early"
    let asked =
      "\(source.name): \(guests == 1 ? "1 guest" : "\(guests) guests"), \(request.hours) h, \(seeds), a report every "
      + "\(request.interval) s\(early),"
    let room = "\(gib(source.host.forGuests)) GiB for guests"
    return asked + (asked.count + 1 + room.count > 80 ? "\n" : " ") + room + "\n"
      + line(["", "OOM", "THRASHED", "SWAP-IN", "HELD", "AGAINST", "CACHE", "TARGET", "GUESTS"])
      + line(["RULE", "KILLS", "GUEST MIN", "GB", "GIB H", "FIXED", "HITS %", "CHANGES", "FIT"])
  }

  private static let widths = [-10, 6, 9, 9, 8, 8, 7, 9, 6]

  private static func line(_ cells: [String]) -> String {
    var text = ""
    for (cell, width) in zip(cells, widths) {
      if !text.isEmpty { text += " " }
      let padding = String(repeating: " ", count: max(0, abs(width) - cell.count))
      text += width < 0 ? cell + padding : padding + cell
    }
    return text + "\n"
  }

  private static func gib(_ amount: Bytes) -> String {
    fixed(Double(amount.count) / Double(1 << 30), 1)
  }

  /// "−34 %", "+5 %".
  private static func percent(_ share: Double) -> String {
    let whole = Int(clamping: (share * 100).rounded())
    return (whole > 0 ? "+" : "") + "\(whole) %"
  }

  /// A number with so many decimals; it is not negative.
  static func fixed(_ number: Double, _ decimals: Int) -> String {
    var unit: Int64 = 1
    for _ in 0..<decimals { unit *= 10 }
    let whole = Int64(clamping: (number * Double(unit)).rounded())
    guard decimals > 0 else { return "\(whole)" }
    let rest = "\(whole % unit)"
    return "\(whole / unit)." + String(repeating: "0", count: decimals - rest.count) + rest
  }
}

extension StudyAccount {
  /// In thousands of millions of bytes.
  var swapInGB: Double { Double(swapIn.count) / 1e9 }
}

/// The studies of one load: every seed under every rule, on two threads where memory allows it.
final class StudySweep: Sendable {
  private struct Progress {
    var next = 0
    /// By seed, then by rule.
    var done: [[StudyAccount]?]
    var workers = 0
  }

  private let source: StudySource
  private let request: StudyRequest
  private let progress: Mutex<Progress>
  private let bell = Doorbell()

  private init(_ source: StudySource, _ request: StudyRequest) {
    self.source = source
    self.request = request
    progress = Mutex(Progress(done: Array(repeating: nil, count: request.seeds)))
  }

  /// What each seed came to, under each rule: the same whatever the threads do.
  static func run(_ source: StudySource, _ request: StudyRequest) -> [[StudyAccount]] {
    let sweep = StudySweep(source, request)
    let workers = request.workers(source)
    sweep.progress.withLock { $0.workers = workers }
    for _ in 1..<workers { Thread.start { sweep.work() } }
    sweep.work()
    while sweep.progress.withLock({ $0.workers }) > 0 { _ = sweep.bell.wait(atMost: 1000) }
    return sweep.progress.withLock { $0.done.compactMap { $0 } }
  }

  private func work() {
    while let seed = take() {
      let study = PolicyStudy(
        guests: source.guests(request.hours, UInt64(seed + 1)), hours: request.hours,
        interval: request.interval, host: source.host, reportsEarly: request.reportsEarly)
      let accounts = request.rules.map { study.run($0) }
      progress.withLock { $0.done[seed] = accounts }
    }
    progress.withLock { $0.workers -= 1 }
    bell.ring()
  }

  private func take() -> Int? {
    progress.withLock { progress in
      guard progress.next < request.seeds else { return nil }
      defer { progress.next += 1 }
      return progress.next
    }
  }
}
