import MemtopCore

/// Rows of the last frame, each with what it was drawn of: drawn of the same, a row is the same.
struct KeptRows {
  /// What a row was drawn of.
  enum Key: Equatable {
    case domain(DomainKey)
    case hostBar(HostBarKey)
    case hints([Hint], columns: Int)
  }

  /// All that the host's bar depends on.
  struct HostBarKey: Equatable {
    let total, dom0, guests, dying, xen, free, claimed, promised: Bytes
    let overhead: Bytes?
    let nodes: [HostNode]
    let isOfSeveral: Bool
    let columns: Int

    init(_ host: HostMemory, isOfSeveral: Bool, columns: Int) {
      (total, dom0, guests, dying) = (host.total, host.dom0, host.guests, host.dying)
      (xen, free, claimed, promised) = (host.xen, host.free, host.claimed, host.promised)
      (overhead, nodes) = (host.overhead, host.nodes)
      (self.isOfSeveral, self.columns) = (isOfSeveral, columns)
    }
  }

  /// All that a row of the list depends on.
  struct DomainKey: Equatable {
    let sample: DomainSample
    /// As it is shown; nil where it is not.
    let age: FieldValue?
    let name: String
    let isCursor: Bool
    let isTagged: Bool
    /// The staged target.
    let staged: Bytes?
    let layout: ColumnLayout
    /// nil where there is no sparkline.
    let spark: Spark?

    static func == (a: DomainKey, b: DomainKey) -> Bool {
      a.sample.isSame(as: b.sample) && a.age == b.age && a.name == b.name
        && a.isCursor == b.isCursor && a.isTagged == b.isTagged && a.staged == b.staged
        && a.layout.isSame(as: b.layout) && a.spark == b.spark
    }
  }

  /// What a sparkline depends on beside its domain, in which nothing happened: history has no row for it
  /// until the line moves on by a cell, or its beginning is forgotten.
  struct Spark: Equatable {
    let metric: SparkMetric
    let cell: Int64
    let begin: SteadyTime?
  }

  /// A class, so that looking at one copies nothing.
  private final class Row {
    let key: Key
    let cells: [Frame.Cell]

    init(_ key: Key, _ cells: [Frame.Cell]) { (self.key, self.cells) = (key, cells) }
  }

  private var rows: [Row?] = []

  /// The cells of the row at `y`, if it was drawn of the same.
  func cells(_ y: Int, of key: Key) -> [Frame.Cell]? {
    guard rows.indices.contains(y), let row = rows[y], row.key == key else { return nil }
    return row.cells
  }

  mutating func keep(_ y: Int, of key: Key, _ cells: [Frame.Cell]) {
    while rows.count <= y { rows.append(nil) }
    rows[y] = Row(key, cells)
  }
}

/// Draws one frame after the other. What is on the screen and unchanged is not drawn again.
package struct ScreenPainter {
  private var kept = KeptRows()
  private var glyphs: GlyphSet?

  package init() {}

  /// The frame that `Screen.draw` gives.
  package mutating func draw(
    _ state: AppState, history: any HistoryReader, glyphs: GlyphSet
  ) -> Frame {
    if glyphs != self.glyphs { (kept, self.glyphs) = (KeptRows(), glyphs) }
    var canvas = Canvas(size: state.size, glyphs: glyphs, kept: kept)
    // One owner, so that keeping a row copies no others.
    kept = KeptRows()
    Screen.draw(state, history: history, on: &canvas)
    kept = canvas.kept
    return canvas.frame
  }
}
