import MemtopCore

/// What the short-lived child is to do, as it travels in the child's arguments.
struct TargetTask: Hashable, Sendable {
  var domain: DomainID
  /// SIZE as `xl mem-set` takes it; nil only reads back.
  var size: Bytes?
  /// Nothing may happen after it (CLOCK_MONOTONIC, which parent and child share).
  var deadline: SteadyTime
  /// Login name of whoever wants it.
  var author: String
  /// For whoever records what happens here.
  var reason: String

  init(domain: DomainID, size: Bytes?, deadline: SteadyTime, author: String, reason: String) {
    self.domain = domain
    self.size = size
    self.deadline = deadline
    self.author = author
    self.reason = reason
  }

  private static let none = "-"

  /// `DOMID UUID KIB DEADLINE_MS AUTHOR REASON`, with "-" for no size.
  var arguments: [String] {
    [
      "\(domain.domid)", "\(domain.uuid)", size.map { "\($0.kib)" } ?? Self.none,
      "\(deadline.milliseconds)", author, reason,
    ]
  }

  init?(arguments: [String]) {
    guard arguments.count == 6, let domid = UInt16(arguments[0]),
      let uuid = DomainUUID(arguments[1]), let milliseconds = Int64(arguments[3])
    else { return nil }
    if arguments[2] != Self.none {
      guard let kib = Int64(arguments[2]), (1...(Int64.max >> 10)).contains(kib) else { return nil }
      size = .kib(kib)
    }
    domain = DomainID(domid: domid, uuid: uuid)
    deadline = SteadyTime(milliseconds: milliseconds)
    author = arguments[4]
    reason = arguments[5]
  }
}
