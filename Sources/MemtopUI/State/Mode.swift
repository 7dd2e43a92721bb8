import MemtopCore

/// Where a key goes: the same key may mean different things, but only one thing in each mode.
public enum Mode: UInt8, CaseIterable, Hashable, Sendable {
  case list, listStaged, listPast
  case page, pageStaged, pagePast
  case help, prompt, review, progress, events
}

/// A set of modes; its own type, because the first `Set` of a type costs the start a search through
/// all that the Swift runtime knows.
public struct Modes: OptionSet, Sendable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) { self.rawValue = rawValue }

  init(_ modes: Mode...) { self = modes.reduce([]) { $0.union(Modes(bit: $1)) } }

  private init(bit mode: Mode) { rawValue = 1 << UInt16(mode.rawValue) }

  public func contains(_ mode: Mode) -> Bool { contains(Modes(bit: mode)) }

  static let all = Mode.allCases.reduce(Modes()) { $0.union(Modes(bit: $1)) }
  static let everywhere = all.subtracting(Modes(.prompt))
  static let lists = Modes(.list, .listStaged, .listPast)
  static let pages = Modes(.page, .pageStaged, .pagePast)
  static let browsing = lists.union(pages)
  static let changing = Modes(.list, .listStaged, .page, .pageStaged)
  static let staged = Modes(.listStaged, .pageStaged)
  static let past = Modes(.listPast, .pagePast)
  static let live = Modes(.list, .page)
}
