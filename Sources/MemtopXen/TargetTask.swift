import MemtopCore

/// What the short-lived child is to do, as it travels in the child's arguments.
struct TargetTask: Hashable, Sendable {
  var domain: DomainID
  /// SIZE as `xl mem-set` takes it; nil only reads back.
  var size: Bytes?
  /// The SIZE that it must still be told to be at, or somebody else has moved it since it was judged;
  /// nil where it had no target. Means nothing without `size`.
  var from: Bytes?
  /// Nothing may happen after it (CLOCK_MONOTONIC, which parent and child share).
  var deadline: SteadyTime
  /// Login name of whoever wants it.
  var author: String
  /// For whoever records what happens here.
  var reason: String

  init(
    domain: DomainID, from: Bytes? = nil, size: Bytes?, deadline: SteadyTime, author: String,
    reason: String
  ) {
    self.domain = domain
    self.from = from
    self.size = size
    self.deadline = deadline
    self.author = author
    self.reason = reason
  }

  private static let none = "-"

  /// `DOMID UUID FROM_KIB KIB DEADLINE_MS AUTHOR REASON`, with "-" for no size.
  var arguments: [String] {
    [
      "\(domain.domid)", "\(domain.uuid)", Self.word(from), Self.word(size),
      "\(deadline.milliseconds)", author, reason,
    ]
  }

  init?(arguments: [String]) {
    guard arguments.count == 7, let domid = UInt16(arguments[0]),
      let uuid = DomainUUID(arguments[1]), let from = Self.size(arguments[2], least: 0),
      let size = Self.size(arguments[3], least: 1), let milliseconds = Int64(arguments[4])
    else { return nil }
    self.from = from
    self.size = size
    domain = DomainID(domid: domid, uuid: uuid)
    deadline = SteadyTime(milliseconds: milliseconds)
    author = arguments[5]
    reason = arguments[6]
  }

  private static func word(_ size: Bytes?) -> String { size.map { "\($0.kib)" } ?? none }

  /// nil for what is neither a size nor "-".
  private static func size(_ word: String, least: Int64) -> Bytes?? {
    if word == none { return .some(nil) }
    guard let kib = Int64(word), (least...(Int64.max >> 10)).contains(kib) else { return nil }
    return .kib(kib)
  }
}
