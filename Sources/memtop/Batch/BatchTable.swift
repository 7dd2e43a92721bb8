import MemtopCore

/// A sample as a table for people and screen readers: a line for the host, a heading, a row a
/// domain.
struct BatchTable {
  let fields: [Field]

  func append(_ snapshot: Snapshot, order: [Int], to output: inout [UInt8]) {
    appendHost(snapshot, to: &output)
    for (column, field) in fields.enumerated() {
      appendCell(field.title, field, isLast: column == fields.count - 1, to: &output)
    }
    output.append(UInt8(ascii: "\n"))
    for index in order { appendRow(snapshot.domains[index], to: &output) }
    output.append(UInt8(ascii: "\n"))
  }

  private func appendHost(_ snapshot: Snapshot, to output: inout [UInt8]) {
    let host = snapshot.host
    let parts: [(String, Bytes)] = [
      ("dom0", host.dom0), ("guests", host.guests), ("dying", host.dying), ("xen", host.xen),
      ("free", host.uncommitted), ("scrubbing", host.scrubbing), ("promised", host.promised),
      ("claimed", host.claimed),
    ]
    let always: Set = ["dom0", "guests", "xen", "free"]
    output.append(contentsOf: "\(host.hostname)  total \(host.total.short)".utf8)
    for (word, amount) in parts where amount > .zero || always.contains(word) {
      output.append(contentsOf: "  \(word) \(amount.short)".utf8)
    }
    output.append(UInt8(ascii: "\n"))
  }

  private func appendRow(_ sample: DomainSample, to output: inout [UInt8]) {
    for (column, field) in fields.enumerated() {
      let isLast = column == fields.count - 1
      appendCell(field.value(sample).short, field, isLast: isLast, to: &output)
    }
    output.append(UInt8(ascii: "\n"))
  }

  private func appendCell(
    _ text: String, _ field: Field, isLast: Bool, to output: inout [UInt8]
  ) {
    let padding = max(0, field.width - TextWidth.columns(of: text))
    if field.alignment == .right { pad(padding, &output) }
    output.append(contentsOf: text.utf8)
    if field.alignment == .left, !isLast { pad(padding, &output) }
    if !isLast { output.append(UInt8(ascii: " ")) }
  }

  private func pad(_ count: Int, _ output: inout [UInt8]) {
    for _ in 0..<count { output.append(UInt8(ascii: " ")) }
  }
}
