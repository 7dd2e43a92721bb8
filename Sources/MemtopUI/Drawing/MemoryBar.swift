import MemtopCore

/// A domain's memory as a bar: busy, cache and free, of the most it can have.
package struct MemoryBar: Hashable, Sendable {
  /// What one cell of a bar shows.
  package enum Part: Hashable, Sendable {
    case busy
    /// The cell in which busy ends: this many eighths of it, 1...7.
    case busyEnd(eighths: Int)
    case cache
    case free
    /// Allocated, and nobody said for what.
    case unknown
    /// Not allocated.
    case empty
  }

  package var parts: [Part]
  /// The cell that holds the target; nil where there is none, or where it is out of the bar.
  package var target: Int?
  /// The cells in which a dynamic range begins and ends.
  var low, high: Int?

  /// - Parameter width: cells, 1 or more.
  package init(_ sample: DomainSample, target wanted: Bytes?, width: Int) {
    let most = Self.most(sample, target: wanted)
    let allocated = Self.cells(sample.allocation, of: most, width)
    parts = [Part](repeating: .empty, count: width)
    for index in 0..<allocated { parts[index] = .unknown }
    if let ends = Self.ends(of: sample, most: most, width: width) { (low, high) = ends }
    if let busy = sample.busy { fill(sample, busy: busy, most: most, allocated: allocated) }
    target = wanted.flatMap { wanted in
      guard wanted.count > 0, wanted != sample.allocation else { return nil }
      return min(width - 1, Int(clamping: wanted.ratio(to: most) * Double(width)))
    }
  }

  /// The bar's whole length: static-max, or what it has or wants where that is more.
  static func most(_ sample: DomainSample, target: Bytes?) -> Bytes {
    max(sample.staticMax ?? .zero, sample.allocation, target ?? .zero, Bytes(1))
  }

  private mutating func fill(_ sample: DomainSample, busy: Bytes, most: Bytes, allocated: Int) {
    let width = parts.count
    let eighths = min(Self.cells(busy, of: most, width * 8), allocated * 8)
    let cacheEnd = Self.cells(sample.cacheEnd ?? busy, of: most, width)
    for index in 0..<allocated { parts[index] = index < cacheEnd ? .cache : .free }
    for index in 0..<(eighths / 8) { parts[index] = .busy }
    if eighths % 8 > 0 { parts[eighths / 8] = .busyEnd(eighths: eighths % 8) }
  }

  /// How many of `width` cells an amount takes, to the nearest, by floating point: amounts may be
  /// absurd, and a bar needs three digits.
  static func cells(_ amount: Bytes, of whole: Bytes, _ width: Int) -> Int {
    let share = amount.ratio(to: max(Bytes(1), whole))
    return Int(clamping: (min(1, max(0, share)) * Double(width)).rounded())
  }
}

extension AppState {
  /// What a domain's bar marks: a staged target, or one that it is not yet at.
  func markedTarget(_ sample: DomainSample) -> Bytes? {
    if let order = staging.order(for: sample.id) { return order.to }
    return sample.balloon.phase == .settled ? nil : sample.size
  }
}

extension MemoryBar {
  /// The bar between its ends.
  func line(_ glyphs: GlyphSet) -> StyledLine {
    var line = StyledLine()
    for column in 0..<columns {
      let (glyph, style) = cell(column, glyphs)
      line.add(cell: glyph, style)
    }
    return line
  }

  /// With its ends.
  var columns: Int { parts.count + 2 }

  /// What stands in one of its columns.
  func cell(_ column: Int, _ glyphs: GlyphSet) -> (Unicode.Scalar, Style) {
    if column == 0 { return (glyphs.barLeft, .dim) }
    if column > parts.count { return (glyphs.barRight, .dim) }
    return mark(at: column - 1, glyphs) ?? shape(parts[column - 1], column - 1, glyphs)
  }

  private func mark(at offset: Int, _ glyphs: GlyphSet) -> (Unicode.Scalar, Style)? {
    switch offset {
    case target: (glyphs.mark, .strong)
    case low: ("(", .strong)
    case high: (")", .strong)
    default: nil
    }
  }

  private func shape(_ part: Part, _ offset: Int, _ glyphs: GlyphSet) -> (Unicode.Scalar, Style) {
    switch part {
    case .busyEnd(let eighths) where glyphs.eighths[eighths - 1] == " ":
      // ASCII has no fractions: the cell goes to what follows.
      offset + 1 < parts.count ? shape(parts[offset + 1], offset + 1, glyphs) : (" ", .plain)
    case .busy: (glyphs.busy, Style(.barBusy))
    case .busyEnd(let eighths): (glyphs.eighths[eighths - 1], Style(.barBusy))
    case .cache: (glyphs.cache, Style(.barCache))
    case .free: (glyphs.free, Style(.barFree))
    case .unknown: (glyphs.unknown, .dim)
    case .empty: (" ", .plain)
    }
  }
}

/// The host's memory as a bar whose parts sum to its total.
package struct HostBar: Sendable {
  package enum Share: CaseIterable, Hashable, Sendable {
    case dom0, guests, dying, overhead, xen, promised, free

    package var word: String {
      switch self {
      case .dom0: "dom0"
      case .guests: "guests"
      case .dying: "dying"
      case .overhead: "overhead"
      case .xen: "xen"
      case .promised: "promised"
      case .free: "free"
      }
    }
  }

  package struct Segment: Hashable, Sendable {
    package var share: Share
    package var amount: Bytes
    package var cells: Int
  }

  /// In the order of `Share`; amounts sum to the total, cells to the width.
  package let segments: [Segment]

  /// - Parameter width: cells of the whole bar; 0 or more.
  package init(_ host: HostMemory, width: Int) {
    let parts = Self.parts(host)
    var segments: [Segment] = []
    var begin = 0
    var sum = Bytes.zero
    for (share, amount) in parts {
      sum = sum + amount
      let end = max(begin, MemoryBar.cells(sum, of: host.total, width))
      segments.append(Segment(share: share, amount: amount, cells: end - begin))
      begin = end
    }
    self.segments = segments
  }

  /// `promised` stands for all of free that is spoken for: promises and claims.
  private static func parts(_ host: HostMemory) -> [(Share, Bytes)] {
    let spokenFor = max(.zero, host.free - host.uncommitted)
    return [
      (.dom0, host.dom0), (.guests, host.guests), (.dying, host.dying),
      (.overhead, host.overhead ?? .zero), (.xen, host.xen), (.promised, spokenFor),
      (.free, host.free - spokenFor),
    ].filter { $0.1.count > 0 }
  }
}
