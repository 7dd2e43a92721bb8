import MemtopCore
import MemtopUI

/// Writes samples to standard output.
///
/// Most of a thousand domains are at rest: a row is kept, and copied for as long as its domain is not
/// judged anew. Only how old its report is, is written each time.
struct BatchWriter: ~Copyable {
  /// Where a domain's row stands in what was written.
  private struct Row {
    var id = DomainID(domid: 0, uuid: .zero)
    /// 0 where there is nothing to copy.
    var revision: UInt64 = 0
    var start = 0
    /// The cells of the columns in `ageing`.
    var aged = 0..<0
    var end = 0
  }

  private let layout: any BatchLayout
  private let columns: [BatchColumn]
  /// From the first column that is each sample's own to the last one.
  private let ageing: Range<Int>
  private let sort: SortOrder?
  private(set) var output = TextWriter(capacity: 4096)
  private var last = TextWriter(capacity: 4096)
  /// The rows in `last`, by their domains' places in that sample.
  private var rows: [Row] = []
  private var hasHeader = false
  /// As `namesTold` for the sample in `output`.
  private var told: [String]?
  /// The columns of the terminal that a table is for; nil where there is none.
  private let terminal: Int?

  init(format: BatchFormat, fields: [Field], sort: SortOrder?, terminal: Int? = nil) {
    self.sort = sort
    self.terminal = terminal
    layout = format.layout
    columns = fields.enumerated().map { place, field in
      BatchColumn(field, isFirst: place == 0, isLast: place == fields.count - 1)
    }
    let own: Set<FieldID> = [.age, .advice]
    let first = fields.firstIndex { own.contains($0.id) } ?? fields.count
    ageing = first..<(fields.lastIndex { own.contains($0.id) }.map { $0 + 1 } ?? first)
  }

  /// - Returns: false where nothing more can be written.
  mutating func write(_ snapshot: Snapshot) -> Bool {
    put(snapshot)
    return Output.standard.write(output.bytes)
  }

  /// Puts the sample together in `output`; again where a cell turns out to be wider than its column.
  mutating func put(_ snapshot: Snapshot) {
    swap(&output, &last)
    let width = tableWidth
    assemble(snapshot)
    if tableWidth != width {
      if let terminal { BatchTable.fit(columns, to: terminal) }
      rows = []
      assemble(snapshot)
    }
    hasHeader = true
  }

  private var tableWidth: Int { columns.reduce(0) { $0 + $1.width } }

  private mutating func assemble(_ snapshot: Snapshot) {
    output.removeAll()
    if !hasHeader { layout.appendHeader(columns, to: &output) }
    layout.appendBeginning(snapshot, columns, to: &output)
    appendRows(snapshot)
    layout.appendEnd(to: &output)
  }

  /// Where no sample came, puts what stands above the first; false where one did.
  mutating func putHeading() -> Bool {
    guard !hasHeader else { return false }
    hasHeader = true
    output.removeAll()
    layout.appendHeader(columns, to: &output)
    return true
  }

  private mutating func appendRows(_ snapshot: Snapshot) {
    let told = namesTold(snapshot)
    // A name may read otherwise because another domain has come or gone.
    if told != nil || self.told != nil { rows = [] }
    self.told = told
    let missing = snapshot.domains.count - rows.count
    if missing > 0 { rows.append(contentsOf: repeatElement(Row(), count: missing)) }
    // Every row but the first starts in the same way.
    var start = 0..<0
    for (place, index) in order(snapshot).enumerated() {
      if place < 2 {
        let mark = output.count
        layout.appendRowStart(snapshot, isFirst: place == 0, to: &output)
        start = mark..<output.count
      } else {
        output.append(again: start)
      }
      if ageing.isEmpty, isKept(snapshot.domains[index], at: index) {
        appendKept(index)
      } else {
        rows[index] = appendRow(snapshot.domains[index], at: index)
      }
    }
    // A row that was not written now is not in `output`.
    rows.removeLast(max(0, -missing))
  }

  /// The names with domids beside them, where some read the same and nothing else tells them apart.
  private func namesTold(_ snapshot: Snapshot) -> [String]? {
    guard layout.isForPeople, let column = columns.first(where: { $0.field.id == .name }),
      !columns.contains(where: { $0.field.id == .id || $0.field.id == .uuid })
    else { return nil }
    let names = NameColumn(
      snapshot.domains.map { ($0.name, $0.id.domid) }, width: column.most,
      sign: CutSign.ofOutput)
    return names.hasNamesakes ? names.texts : nil
  }

  private func order(_ snapshot: Snapshot) -> [Int] {
    guard let sort else { return Array(snapshot.domains.indices) }
    return sort.field.order(of: snapshot.domains, reversed: sort.isReversed)
  }

  /// A row in which no cell is each sample's own.
  private mutating func appendKept(_ index: Int) {
    let moved = output.count - rows[index].start
    output.append(last.bytes(rows[index].start..<rows[index].end))
    rows[index].start += moved
    rows[index].end += moved
    rows[index].aged = rows[index].end..<rows[index].end
  }

  private mutating func appendRow(_ sample: DomainSample, at index: Int) -> Row {
    let old = isKept(sample, at: index) ? rows[index] : nil
    var row = Row(id: sample.id, revision: sample.revision, start: output.count)
    if let old {
      output.append(last.bytes(old.start..<old.aged.lowerBound))
    } else {
      append(0..<ageing.lowerBound, of: sample, at: index)
    }
    let mark = output.count
    append(ageing, of: sample, at: index)
    row.aged = mark..<output.count
    if let old {
      output.append(last.bytes(old.aged.upperBound..<old.end))
    } else {
      append(ageing.upperBound..<columns.count, of: sample, at: index)
    }
    row.end = output.count
    return row
  }

  private mutating func append(_ places: Range<Int>, of sample: DomainSample, at index: Int) {
    for place in places {
      let column = columns[place]
      let value =
        column.field.id == .name && told != nil
        ? .text(told![index]) : column.field.value(sample)
      layout.appendCell(value, column, to: &output)
    }
  }

  /// Whether nothing has changed in the domain since its row was written.
  private func isKept(_ sample: DomainSample, at index: Int) -> Bool {
    sample.revision != 0 && rows[index].revision == sample.revision && rows[index].id == sample.id
  }
}
