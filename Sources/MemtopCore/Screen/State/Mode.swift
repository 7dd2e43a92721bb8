/// Where a key goes: the same key may mean different things, but only one thing in each mode.
public enum Mode: UInt8, CaseIterable, Hashable, Sendable {
  case list, listStaged, listPast
  case page, pageStaged, pagePast
  case help, prompt, review, progress
}

extension Set<Mode> {
  static let everywhere = Set(Mode.allCases).subtracting([.prompt])
  static let lists: Set = [.list, .listStaged, .listPast]
  static let pages: Set = [.page, .pageStaged, .pagePast]
  static let browsing = lists.union(pages)
  static let changing: Set = [.list, .listStaged, .page, .pageStaged]
  static let staged: Set = [.listStaged, .pageStaged]
  static let past: Set = [.listPast, .pagePast]
  static let live: Set = [.list, .page]
}
