import MemtopCore

/// A sample as a table for people and screen readers: a line for the host, a heading, a row a
/// domain.
struct BatchTable {
  private let fields: [Field]
  private let columns: [Column]

  /// What a cell needs of its field: a copy of that would cost more than the cell.
  private struct Column {
    let place: Int
    let width: Int
    let isRight: Bool
    let isLast: Bool
  }

  init(fields: [Field]) {
    self.fields = fields
    columns = fields.enumerated().map { place, field in
      Column(
        place: place, width: field.width, isRight: field.alignment == .right,
        isLast: place == fields.count - 1)
    }
  }

  func append(_ snapshot: Snapshot, order: [Int], to output: inout [UInt8]) {
    var text = TextWriter(capacity: 100 * (snapshot.domains.count + 4))
    appendHost(snapshot, to: &text)
    for column in columns { appendCell(.text(fields[column.place].title), column, to: &text) }
    text.append(UInt8(ascii: "\n"))
    for index in order { appendRow(snapshot.domains[index], to: &text) }
    text.append(UInt8(ascii: "\n"))
    output.append(contentsOf: text.bytes)
  }

  private func appendHost(_ snapshot: Snapshot, to output: inout TextWriter) {
    let host = snapshot.host
    let parts: [(String, Bytes)] = [
      ("dom0", host.dom0), ("guests", host.guests), ("dying", host.dying), ("xen", host.xen),
      ("free", host.uncommitted), ("scrubbing", host.scrubbing), ("promised", host.promised),
      ("claimed", host.claimed),
    ]
    let always = ["dom0", "guests", "xen", "free"]
    output.append("\(host.hostname)  total \(host.total.short)")
    for (word, amount) in parts where amount > .zero || always.contains(word) {
      output.append("  \(word) \(amount.short)")
    }
    output.append(UInt8(ascii: "\n"))
  }

  private func appendRow(_ sample: DomainSample, to output: inout TextWriter) {
    for column in columns { appendCell(fields[column.place].value(sample), column, to: &output) }
    output.append(UInt8(ascii: "\n"))
  }

  private func appendCell(_ value: FieldValue, _ column: Column, to output: inout TextWriter) {
    let mark = output.count
    value.appendShort(to: &output)
    let padding = column.width - output.columns(from: mark)
    if column.isRight {
      output.indent(from: mark, by: padding)
    } else if !column.isLast {
      output.append(repeating: UInt8(ascii: " "), padding)
    }
    if !column.isLast { output.append(UInt8(ascii: " ")) }
  }
}
