import MemtopCore

/// A sample as a table for people and screen readers: a line for the host, a heading, a row a
/// domain.
///
/// Columns are as wide as what stands in them, and stay so; a sample never has two widths of one.
struct BatchTable: BatchLayout {
  var isForPeople: Bool { true }

  func appendHeader(_ columns: [BatchColumn], to output: inout TextWriter) {}

  func appendBeginning(
    _ snapshot: Snapshot, _ columns: [BatchColumn], to output: inout TextWriter
  ) {
    output.append("\(RecordingTimes.text(snapshot.time))  ")
    appendHost(snapshot.host, to: &output)
    for column in columns { appendCell(.text(column.field.title), column, to: &output) }
  }

  private func appendHost(_ host: HostMemory, to output: inout TextWriter) {
    let parts: [(String, Bytes)] = [
      ("dom0", host.dom0), ("guests", host.guests), ("dying", host.dying),
      ("overhead", host.overhead ?? .zero), ("xen", host.xen), ("free", host.uncommitted),
      ("promised", host.promised),
      ("claimed", host.claimed),
    ]
    let always = ["dom0", "guests", "xen", "free"]
    output.append("\(host.hostname)  total \(host.total.short)")
    for (word, amount) in parts where amount > .zero || always.contains(word) {
      output.append("  \(word) \(amount.short)")
    }
    for node in host.nodes { output.append("  node\(node.number) free \(node.free.short)") }
    output.append(UInt8(ascii: "\n"))
  }

  func appendRowStart(_ snapshot: Snapshot, isFirst: Bool, to output: inout TextWriter) {}

  func appendCell(_ value: FieldValue, _ column: BatchColumn, to output: inout TextWriter) {
    let mark = output.count
    value.appendShort(to: &output)
    if output.columns(from: mark) > column.most {
      output.cut(from: mark, to: column.most, sign: CutSign.ofOutput)
    }
    let used = output.columns(from: mark)
    column.width = max(column.width, used)
    let padding = column.width - used
    if column.field.alignment == .right {
      output.indent(from: mark, by: padding)
    } else if !column.isLast {
      output.append(repeating: UInt8(ascii: " "), padding)
    }
    output.append(UInt8(ascii: column.isLast ? "\n" : " "))
  }

  func appendEnd(to output: inout TextWriter) { output.append(UInt8(ascii: "\n")) }

  /// Makes room where the columns together are wider than the terminal: the widest text first.
  static func fit(_ columns: [BatchColumn], to terminal: Int) {
    var excess = columns.reduce(columns.count - 1) { $0 + $1.width } - terminal
    while excess > 0,
      let widest = columns.filter(\.canBeNarrower).max(by: { $0.width < $1.width })
    {
      widest.narrow()
      excess -= 1
    }
  }
}
