import MemtopCore

/// What lies over the list: pages, prompts, a review. Only its own functions change it.
public struct PageState: Sendable {
  /// Innermost last.
  public private(set) var layers: [Layer] = []

  /// The review that is open, which may lie under a prompt.
  var review: Review? {
    reviewPlace.flatMap { if case .review(let review) = layers[$0] { review } else { nil } }
  }

  var isDomainOpen: Bool { layers.contains { $0.isPage } }

  private var reviewPlace: Int? { layers.lastIndex { $0.isReview } }

  mutating func open(_ layer: Layer) { layers.append(layer) }

  /// Takes the innermost away.
  @discardableResult
  mutating func close() -> Layer? { layers.popLast() }

  /// Puts another in the innermost one's place.
  mutating func replace(with layer: Layer) { layers[layers.count - 1] = layer }

  /// - Returns: whether there was one.
  mutating func closePages() -> Bool {
    let open = layers.count
    layers.removeAll { $0.isPage }
    return layers.count < open
  }

  mutating func replaceReview(with review: Review) {
    if let reviewPlace { layers[reviewPlace] = .review(review) }
  }

  /// Takes it away, with what lies over it.
  mutating func closeReview() {
    if let reviewPlace { layers.removeSubrange(reviewPlace...) }
  }

  mutating func closeReviews() { layers.removeAll { $0.isReview } }

  mutating func zoom(_ next: KeyPath<ChartRange, ChartRange>) {
    guard case .page(var page) = layers.last else { return }
    page.range = page.range[keyPath: next]
    replace(with: .page(page))
  }

  /// Scrolls the innermost, at most so far.
  mutating func scroll(_ step: Int, most: Int) {
    func moved(_ top: Int) -> Int { min(max(0, top + step), most) }
    switch layers.last {
    case .page(var page):
      page.top = moved(page.top)
      replace(with: .page(page))
    case .help(let top): replace(with: .help(top: moved(top)))
    case .review(var review):
      review.top = moved(review.top)
      replace(with: .review(review))
    case .progress(let top): replace(with: .progress(top: moved(top)))
    case .prompt, .events, nil: break
    }
  }

  /// Changes the page of events, which may lie under a prompt.
  mutating func changeEvents(rows: Int, _ change: (inout EventList) -> Void) {
    guard let index = layers.lastIndex(where: { if case .events = $0 { true } else { false } }),
      case .events(var list) = layers[index]
    else { return }
    change(&list)
    list.keepCursorInSight(rows: rows)
    layers[index] = .events(list)
  }
}

extension Layer {
  fileprivate var isPage: Bool { if case .page = self { true } else { false } }
  fileprivate var isReview: Bool { if case .review = self { true } else { false } }
}
