extension PolicySet {
  /// What of it cannot come true on this host, a line each: sections that match nothing first, then the host,
  /// then each domain.
  ///
  /// Sections add up, so that no single one of them need be wrong.
  package func doubts(in snapshot: Snapshot) -> [String] {
    let guests = snapshot.domains.filter(\.isGuest)
    let host = snapshot.host
    return unmatched(in: snapshot) + doubts(on: host, floors: guests.compactMap(floor))
      + guests.flatMap { sample in
        policy(for: sample.id, name: sample.name)
          .doubts(staticMax: sample.staticMax, host: host.total)
          .map { "\(sample.name): \($0)" }
      }
  }

  /// Dom0 and stub domains have no policy: dom0 is sized at boot, and a stub domain cannot be resized.
  private func unmatched(in snapshot: Snapshot) -> [String] {
    rules.compactMap { rule in
      let matched = snapshot.domains.filter { rule.pattern.matches($0.id, name: $0.name) }
      if matched.contains(where: \.isGuest) { return nil }
      let what =
        matched.contains { $0.id.isDom0 }
        ? "is dom0, which has no policy: its size is set by hand only" : "matches no domain here"
      let pattern = SafeText.escaped(Array(rule.pattern.description.utf8))
      return "[domain \(pattern)] \(what)"
    }
  }

  private func doubts(on host: HostMemory, floors: [Bytes]) -> [String] {
    let reserve = hostReserve(total: host.total)
    guard reserve <= host.total else {
      return [
        "[host] reserve, \(reserve.short), is more than the host has, \(host.total.short);"
          + " no domain will be given memory"
      ]
    }
    let forGuests = host.total - host.xen - host.dom0
    guard reserve <= forGuests else {
      return [
        "[host] reserve, \(reserve.short), is more than Xen and dom0 leave, \(forGuests.short);"
          + " no domain will be given memory"
      ]
    }
    let sum = floors.reduce(Bytes.zero) { $0 + min($1, host.total) }
    guard sum > forGuests - reserve else { return [] }
    return [
      "the floors of \(floors.count) domains come to \(sum.short), but the host has only"
        + " \((forGuests - reserve).short) for guests; not every floor can be kept"
    ]
  }

  /// What a domain's floor comes to.
  private func floor(of sample: DomainSample) -> Bytes? {
    let policy = policy(for: sample.id, name: sample.name)
    guard !policy.handsOff, let floor = policy.floor else { return nil }
    return [policy.ceiling, sample.staticMax].compactMap { $0 }.reduce(floor, min)
  }
}

extension MemoryPolicy {
  /// What cannot come true of what was written for a domain, each as the end of "web1: …".
  ///
  /// - Parameter host: how much memory the host has.
  package func doubts(staticMax: Bytes?, host: Bytes) -> [String] {
    var doubts: [String] = []
    if handsOff, isRegulated {
      doubts.append("regulate = yes has no effect beside hands-off = yes")
    }
    if let floor, let ceiling, floor > ceiling {
      doubts.append(
        "its floor (\(floor.short)) is above its ceiling (\(ceiling.short)), so the ceiling applies"
      )
    }
    if let floor, let staticMax, floor > staticMax {
      doubts.append(
        "its floor (\(floor.short)) is above its static-max (\(staticMax.short)), so static-max applies"
      )
    }
    if case .size(let reserve) = reserve, reserve >= staticMax ?? host {
      let limit =
        staticMax.map { "its static-max, \($0.short)" } ?? "the host's memory, \(host.short)"
      doubts.append("its reserve, \(reserve.short), is not below \(limit)")
    }
    return doubts
  }
}
