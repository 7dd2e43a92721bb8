import MemtopCore

/// What the writer process is to do, as a line.
enum TargetTask: Hashable, Sendable {
  /// Load what a change needs.
  case prepare
  case set(Change)
  /// Say what target and limit are.
  case read(DomainID)
  /// The same after a change by libxl that did not come to its end: the limit that it left is set back.
  case mend(DomainID, LimitChange)

  struct Change: Hashable, Sendable {
    var domain: DomainID
    /// The SIZE that it must still be told to be at, or somebody else has moved it since it was
    /// judged; nil where it had no target.
    var from: Bytes?
    /// SIZE as `xl mem-set` takes it.
    var size: Bytes
    /// The target may not begin to be set later (CLOCK_MONOTONIC, which both processes share).
    var begin: SteadyTime
    /// Nothing may happen after it.
    var deadline: SteadyTime
    /// Login name of whoever wants it.
    var author: String
    /// For whoever records what happens here.
    var reason: String
    /// What is set where XAPI owns the targets: then squeezed sets the target.
    var range: RangeChange?
  }

  private static let none = "-"

  /// "set DOMID UUID FROM_KIB KIB BEGIN_MS DEADLINE_MS AUTHOR REASON", with "-" for no FROM, and before it
  /// "range LOW_KIB HIGH_KIB LOW_KIB HIGH_KIB " where the dynamic range is set, and then, where the regulator
  /// remembers the operator's, "operators LOW_KIB HIGH_KIB "; "read DOMID UUID";
  /// "mend DOMID UUID FROM_KIB KIB LIMIT_KIB", with "-" for no limit; "prepare".
  var line: String {
    switch self {
    case .prepare: "prepare"
    case .read(let domain): "read \(domain.domid) \(domain.uuid)"
    case .mend(let domain, let change):
      "mend \(domain.domid) \(domain.uuid) \(Self.word(change.from)) \(change.size.kib)"
        + " \(Self.word(change.former))"
    case .set(let change):
      Self.prefix(change.range) + "set \(change.domain.domid) \(change.domain.uuid)"
        + " \(Self.word(change.from)) \(change.size.kib)"
        + " \(change.begin.milliseconds) \(change.deadline.milliseconds)"
        + " \(Self.printable(change.author, least: 0x21))"
        + " \(Self.printable(change.reason, least: 0x20))"
    }
  }

  init?(line: String) {
    guard !line.hasPrefix(Self.rangeWord) else {
      guard let task = Self.ranged(line) else { return nil }
      self = task
      return
    }
    let words = line.split(separator: " ", maxSplits: 8, omittingEmptySubsequences: false)
      .map(String.init)
    switch (words.first, words.count) {
    case ("prepare", 1): self = .prepare
    case ("read", 3):
      guard let domain = Self.domain(words) else { return nil }
      self = .read(domain)
    case ("mend", 6):
      guard let domain = Self.domain(words), let from = Self.optional(words[3]),
        let size = Self.size(words[4], least: 1), let former = Self.optional(words[5])
      else { return nil }
      self = .mend(domain, LimitChange(from: from, size: size, former: former))
    case ("set", 9):
      guard let change = Change(words) else { return nil }
      self = .set(change)
    default: return nil
    }
  }

  private static let rangeWord = "range "

  private static func prefix(_ range: RangeChange?) -> String {
    guard let range else { return "" }
    let change = words([range.from.low, range.from.high, range.to.low, range.to.high])
    let operators = range.operators.map { operatorsWord + words([$0.low, $0.high]) } ?? ""
    return rangeWord + change + operators
  }

  private static func word(_ size: Bytes?) -> String { size.map { "\($0.kib)" } ?? none }

  private static let operatorsWord = "operators "

  private static func words(_ sizes: [Bytes]) -> String { sizes.map { "\($0.kib) " }.joined() }

  private static func ranged(_ line: String) -> TargetTask? {
    let parts = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, let from = DynamicRange(kib: "\(parts[1]) \(parts[2])"),
      let to = DynamicRange(kib: "\(parts[3]) \(parts[4])")
    else { return nil }
    var range = RangeChange(from: from, to: to)
    var rest = parts[5]
    if rest.hasPrefix(operatorsWord) {
      let parts = rest.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
      guard parts.count == 4, let operators = DynamicRange(kib: "\(parts[1]) \(parts[2])") else {
        return nil
      }
      (range.operators, rest) = (operators, parts[3])
    }
    guard rest.hasPrefix("set "), case .set(var change) = TargetTask(line: String(rest)) else {
      return nil
    }
    change.range = range
    return .set(change)
  }

  fileprivate static func domain(_ words: [String]) -> DomainID? {
    guard let domid = UInt16(words[1]), let uuid = DomainUUID(words[2]) else { return nil }
    return DomainID(domid: domid, uuid: uuid)
  }

  /// nil for what is neither a size nor "-".
  fileprivate static func optional(_ word: String) -> Bytes?? {
    word == none ? .some(nil) : size(word, least: 0).map { .some($0) }
  }

  fileprivate static func size(_ word: String, least: Int64) -> Bytes? {
    guard let kib = Int64(word), (least...(Int64.max >> 10)).contains(kib) else { return nil }
    return .kib(kib)
  }

  /// ASCII only, so that the line stays one.
  private static func printable(_ text: String, least: UInt8) -> String {
    let bytes = text.utf8.map { (least...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: bytes.prefix(TargetReply.longestText), as: UTF8.self)
  }
}

extension TargetTask.Change {
  fileprivate init?(_ words: [String]) {
    guard let domain = TargetTask.domain(words), let from = TargetTask.optional(words[3]),
      let size = TargetTask.size(words[4], least: 1), let begin = Int64(words[5]),
      let deadline = Int64(words[6])
    else { return nil }
    self.init(
      domain: domain, from: from, size: size, begin: SteadyTime(milliseconds: begin),
      deadline: SteadyTime(milliseconds: deadline), author: words[7], reason: words[8])
  }
}
