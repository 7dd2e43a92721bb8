import MemtopCore
import MemtopUI

/// Puts samples together as they are written.
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

    mutating func move(by bytes: Int) {
      start += bytes
      aged = aged.lowerBound + bytes..<aged.upperBound + bytes
      end += bytes
    }
  }

  private let layout: any BatchLayout
  private let columns: [BatchColumn]
  /// From the first column that is each sample's own to the last one.
  private let ageing: Range<Int>
  private let list: ListChoice
  private(set) var output = TextWriter(capacity: 4096)
  private var last = TextWriter(capacity: 4096)
  /// The rows in `last`, by their domains' places in that sample.
  private var rows: [Row] = []
  /// The domains of that sample, and how long the start of each row but the first is.
  private var before: (domains: DomainSamples, start: Int)?
  private var hasHeader = false
  /// Whose domains it writes, as their field `host` has it.
  private var host = ""
  /// As `namesTold` for the sample in `output`.
  private var told: [String]?
  /// The columns of the terminal that a table is for; nil where there is none.
  private let terminal: Int?

  init(
    format: BatchFormat, fields: [Field], list: ListChoice = ListChoice(), terminal: Int? = nil
  ) {
    self.list = list
    self.terminal = terminal
    layout = format.layout
    columns = fields.enumerated().map { place, field in
      BatchColumn(field, isFirst: place == 0, isLast: place == fields.count - 1)
    }
    let own: Set<FieldID> = [.age, .advice]
    let first = fields.firstIndex { own.contains($0.id) } ?? fields.count
    ageing = first..<(fields.lastIndex { own.contains($0.id) }.map { $0 + 1 } ?? first)
  }

  /// Puts the sample together in `output`; again where a cell turns out to be wider than its column.
  mutating func put(_ snapshot: Snapshot) {
    swap(&output, &last)
    let width = tableWidth
    assemble(snapshot)
    if tableWidth != width {
      if let terminal { BatchTable.fit(columns, to: terminal) }
      (rows, before) = ([], nil)
      assemble(snapshot)
    }
    hasHeader = true
  }

  private var tableWidth: Int { columns.reduce(0) { $0 + $1.width } }

  private mutating func assemble(_ snapshot: Snapshot) {
    output.removeAll()
    if !hasHeader { layout.appendHeader(columns, to: &output) }
    // A recording may be continued on a host of another name.
    if host != snapshot.host.hostname { (rows, before) = ([], nil) }
    host = snapshot.host.hostname
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
    if told != nil || self.told != nil { (rows, before) = ([], nil) }
    self.told = told
    let missing = snapshot.domains.count - rows.count
    if missing > 0 { rows.append(contentsOf: repeatElement(Row(), count: missing)) }
    var start = 0..<0
    if !list.isPlain {
      appendChosen(of: snapshot, &start)
    } else if let before, ageing.isEmpty,
      let changes = snapshot.domains.changes(since: before.domains)
    {
      appendRows(snapshot, changes, before.start, &start)
    } else {
      for index in snapshot.domains.indices { appendRow(index, at: index, &start, snapshot) }
    }
    // A row that was not written now is not in `output`.
    rows.removeLast(max(0, -missing))
    before = list.isPlain ? (snapshot.domains, start.count) : nil
  }

  private mutating func appendChosen(of snapshot: Snapshot, _ start: inout Range<Int>) {
    let domains = snapshot.domains
    let order =
      list.sort.map { $0.field.order(of: domains, reversed: $0.isReversed) }
      ?? Array(domains.indices)
    var place = 0
    for index in order {
      guard list.filter.shows(domains[index], of: host) else {
        rows[index] = Row()
        continue
      }
      appendRow(index, at: place, &start, snapshot)
      place += 1
    }
  }

  /// Rows in the order of their domains, of which only `changes` are others than those in `last`.
  private mutating func appendRows(
    _ snapshot: Snapshot, _ changes: [Int], _ startBefore: Int, _ start: inout Range<Int>
  ) {
    var next = 0
    for index in snapshot.domains.indices.prefix(2) + changes.drop(while: { $0 < 2 }) {
      appendKept(next..<index, startBefore, start)
      appendRow(index, at: index, &start, snapshot)
      next = index + 1
    }
    appendKept(next..<snapshot.domains.count, startBefore, start)
  }

  /// One row with its start, which is kept for the next: every row but the first starts in the same way.
  private mutating func appendRow(
    _ index: Int, at place: Int, _ start: inout Range<Int>, _ snapshot: Snapshot
  ) {
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

  /// A row in which no cell is each sample's own.
  private mutating func appendKept(_ index: Int) {
    let moved = output.count - rows[index].start
    output.append(last.bytes(rows[index].start..<rows[index].end))
    rows[index].move(by: moved)
  }

  /// Such rows, one behind the other, in which only their starts are others than in `last`.
  private mutating func appendKept(
    _ run: Range<Int>, _ startBefore: Int, _ start: Range<Int>
  ) {
    guard let first = run.first, let last = run.last else { return }
    guard start.count == startBefore else {
      return run.forEach {
        output.append(again: start)
        appendKept($0)
      }
    }
    let begin = rows[first].start - start.count
    let moved = output.count - begin
    output.append(self.last.bytes(begin..<rows[last].end))
    for index in run {
      if moved != 0 { rows[index].move(by: moved) }
      output.put(again: start, at: rows[index].start - start.count)
    }
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
        ? .text(told![index]) : column.field.value(sample, of: host)
      layout.appendCell(value, column, to: &output)
    }
  }

  /// Whether nothing has changed in the domain since its row was written.
  private func isKept(_ sample: DomainSample, at index: Int) -> Bool {
    sample.revision != 0 && rows[index].revision == sample.revision && rows[index].id == sample.id
  }
}
