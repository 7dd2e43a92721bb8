import MemtopCore

/// What the writer process has to say, one line each; one that is killed may have said less.
enum TargetReply: Hashable, Sendable {
  /// It lives, and waits for its first task.
  case started
  /// What it begins with now.
  case phase(ChangePhase)
  /// It goes on without the lock against other memtops, and why.
  case unlocked(String)
  /// `max_pages` before libxl is called, which may set it and then fail; nil is unlimited.
  case former(limit: Bytes?)
  case written
  /// Someone else wrote the target, too, between the last look and the end of the change.
  case contested
  case failed(String)
  /// It could not begin to set the target in time, and has not.
  case late
  /// `memory/target` as read back.
  case target(Bytes)
  /// `max_pages` as read back; nil is unlimited.
  case limit(Bytes?)
  /// libxl had left another limit, which was set back.
  case mended
  /// The dynamic range as read back, where there is one.
  case range(DynamicRange)
  /// It waits for its next task.
  case done

  private static let unlimited = "unlimited"
  static let longestText = 500

  var line: String {
    switch self {
    case .started: "started"
    case .phase(let phase): "phase \(phase.rawValue)"
    case .written: "written"
    case .contested: "contested"
    case .late: "late"
    case .unlocked(let why): "unlocked \(Self.oneLine(why))"
    case .failed(let why): "failed \(Self.oneLine(why))"
    case .target(let target): "target \(target.kib)"
    case .former(let limit): "former \(Self.word(limit))"
    case .limit(let limit): "limit \(Self.word(limit))"
    case .mended: "mended"
    case .range(let range): "range \(range.low.kib) \(range.high.kib)"
    case .done: "done"
    }
  }

  private static func word(_ limit: Bytes?) -> String { limit.map { "\($0.kib)" } ?? unlimited }

  init?(line: some StringProtocol) {
    let parts = line.split(separator: " ", maxSplits: 1)
    let rest = parts.count == 2 ? String(parts[1]) : ""
    switch (parts.first, rest) {
    case ("started", ""): self = .started
    case ("written", ""): self = .written
    case ("contested", ""): self = .contested
    case ("late", ""): self = .late
    case ("mended", ""): self = .mended
    case ("done", ""): self = .done
    case ("failed", _): self = .failed(rest)
    case ("unlocked", _): self = .unlocked(rest)
    case ("limit", Self.unlimited): self = .limit(nil)
    case ("former", Self.unlimited): self = .former(limit: nil)
    default:
      guard let word = parts.first, let reply = Self.figure(word, rest) else { return nil }
      self = reply
    }
  }

  private static func figure(_ word: some StringProtocol, _ rest: String) -> TargetReply? {
    switch word {
    case "phase": ChangePhase(rawValue: rest).map { .phase($0) }
    case "target": Bytes(storeKiB: Array(rest.utf8)).map { .target($0) }
    case "limit": Bytes(storeKiB: Array(rest.utf8)).map { .limit($0) }
    case "former": Bytes(storeKiB: Array(rest.utf8)).map { .former(limit: $0) }
    case "range": DynamicRange(kib: rest).map { .range($0) }
    default: nil
    }
  }

  /// Printable ASCII only: libxl's words may quote a domain's name.
  private static func oneLine(_ text: String) -> String {
    let printable = text.utf8.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: printable.prefix(longestText), as: UTF8.self)
  }
}

extension DynamicRange {
  /// "LOW HIGH" in KiB.
  init?(kib text: some StringProtocol) {
    let numbers = text.split(separator: " ", omittingEmptySubsequences: false).map { Int64($0) }
    guard numbers.count == 2, let low = numbers[0], let high = numbers[1], low >= 0, low <= high,
      high <= Int64.max >> 10
    else { return nil }
    self.init(low: .kib(low), high: .kib(high))
  }
}
