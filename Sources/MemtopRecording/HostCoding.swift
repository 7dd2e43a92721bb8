import MemtopCore

/// The host's figures as a row of `host`: those that follow from the domains are NULL.
///
/// The overhead stands in `scrubbing`, which was always 0 before it was known (xen/common/sysctl.c): a
/// memtop of that time adds the two and shows the overhead as part of `xen`, as it did live.
struct HostRow: Equatable {
  /// In bytes; in the order of `columns`.
  var numbers: [Int64?]
  var hostname: String
  var xenVersion: String
  var owner: String?
  var problem: String?
  /// The names of the hosts that gave no figures, of several; each is one word.
  var missing: [String] = []

  static let columns =
    [
      "total", "xen", "scrubbing", "claimed", "free", "dom0", "guests", "dying", "promised",
      "hostname", "xen_version", "owner", "problem",
    ] + added

  /// That which recordings of earlier versions have not.
  static let added = ["missing"]

  private static let numberCount = 9
  /// More are not read: a file may come from anywhere.
  private static let mostMissing = 1000

  /// Where a damaged file does not say.
  static let unknown = HostRow(
    numbers: [Int64?](repeating: nil, count: numberCount), hostname: "?", xenVersion: "?")

  private init(numbers: [Int64?], hostname: String, xenVersion: String) {
    self.numbers = numbers
    self.hostname = hostname
    self.xenVersion = xenVersion
  }

  /// - Parameter sums: those of the domains that a reader will find.
  init(_ snapshot: Snapshot, _ sums: HostSums) {
    let host = snapshot.host
    func unless(_ follows: Bytes, _ value: Bytes) -> Int64? { follows == value ? nil : value.count }
    numbers = [
      host.total.count, host.xen.count, host.overhead?.count ?? 0, host.claimed.count,
      unless(sums.free(of: host), host.free), unless(sums.dom0, host.dom0),
      unless(sums.guests, host.guests), unless(sums.dying, host.dying),
      unless(sums.promised, host.promised),
    ].map { $0.flatMap { (0...Bounds.amount).contains($0) ? $0 : nil } }
    (hostname, xenVersion) = (host.hostname, host.xenVersion)
    (owner, problem) = (host.owner?.stored, snapshot.problem)
    missing = snapshot.missing.compactMap(\.name)
  }

  /// The host with these domains.
  func host(_ domains: [DomainSample]) -> HostMemory {
    func amount(_ index: Int) -> Bytes { Bytes(numbers[index] ?? 0) }
    var host = HostMemory(
      hostname: hostname, xenVersion: xenVersion, total: amount(0), dom0: .zero, guests: .zero,
      dying: .zero, xen: amount(1), free: .zero,
      overhead: amount(2) == .zero ? nil : amount(2), claimed: amount(3), promised: .zero,
      owner: owner.flatMap(TargetOwner.init(stored:)))
    var sums = HostSums()
    for domain in domains { sums.put(DomainShare(domain), before: nil) }
    host.free = numbers[4].map { Bytes($0) } ?? sums.free(of: host)
    host.dom0 = numbers[5].map { Bytes($0) } ?? sums.dom0
    host.guests = numbers[6].map { Bytes($0) } ?? sums.guests
    host.dying = numbers[7].map { Bytes($0) } ?? sums.dying
    host.promised = numbers[8].map { Bytes($0) } ?? sums.promised
    return host
  }

  func bind(to statement: Statement, first: Int) {
    for (index, number) in numbers.enumerated() { statement.bindKiB(first + index, number) }
    let next = first + Self.numberCount
    statement.bind(next, hostname)
    statement.bind(next + 1, xenVersion)
    statement.bind(next + 2, owner)
    statement.bind(next + 3, problem)
    statement.bind(next + 4, missing.isEmpty ? nil : missing.joined(separator: " "))
  }

  init(_ row: Statement, first: Int) {
    numbers = (0..<Self.numberCount).map { row.size(first + $0) }
    func text(_ column: Int, _ limit: Int) -> String? {
      row.text(first + Self.numberCount + column).map { Identity.safe($0, limit) }
    }
    (hostname, xenVersion) = (text(0, 64) ?? "", text(1, 32) ?? "")
    (owner, problem) = (text(2, 16), text(3, 500))
    let names = row.text(first + Self.numberCount + 4) ?? ""
    missing = names.split(separator: " ").prefix(Self.mostMissing).map {
      Identity.safe(String($0), 64)
    }
  }
}

extension HostSums {
  /// What the host has left beside its domains and Xen itself.
  fileprivate func free(of host: HostMemory) -> Bytes {
    host.total - dom0 - guests - dying - host.xen - (host.overhead ?? .zero)
  }
}
