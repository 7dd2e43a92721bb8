import MemtopCore

/// A domain as it is named on the command line: by domid, uuid or name.
struct DomainArgument {
  let text: String

  func find(in snapshot: Snapshot) throws(Failure) -> DomainSample {
    let found = matches(in: snapshot)
    if found.count == 1 { return found[0] }
    let shown = SafeText.escaped(Array(text.utf8))
    guard found.isEmpty else {
      let ids = found.map { String($0.id.domid) }.joined(separator: ", ")
      let what = isUUID(of: found) ? "have the uuid \(shown)" : "are named \"\(shown)\""
      let hint = isUUID(of: found) ? "domid" : "domid or uuid"
      throw Failure(
        line: "\(found.count) domains \(what): \(ids); give a \(hint)", status: .failed)
    }
    throw Failure(
      line: "no domain \"\(shown)\"; memtop -b -n 1 lists the domains", status: .failed)
  }

  /// A number is a domid first, as it is to xl.
  private func matches(in snapshot: Snapshot) -> [DomainSample] {
    if let domid = UInt16(text), let sample = snapshot.domain(domid: domid) { return [sample] }
    let named = snapshot.domains.filter { isNamed(by: $0) }
    // What everybody calls it; a guest of that name makes it ambiguous.
    if text == "dom0" { return snapshot.domains.filter(\.id.isDom0) + named }
    let bearers = DomainUUID(text).map { snapshot.domains(uuid: $0) } ?? []
    return bearers.isEmpty ? named : bearers
  }

  private func isUUID(of found: [DomainSample]) -> Bool {
    DomainUUID(text).map { uuid in found.allSatisfy { $0.id.uuid == uuid } } ?? false
  }

  private func isNamed(by sample: DomainSample) -> Bool {
    sample.name == text || sample.name == SafeText.name(Array(text.utf8))
  }
}
