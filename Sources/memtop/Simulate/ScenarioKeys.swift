import ArgumentParser
import MemtopConf
import MemtopCore
import MemtopSimulation

/// The keys of one section of a scenario, taken one by one; what nobody took is an error.
struct ScenarioKeys {
  private let section: INIFile.Section
  private let path: String
  private var asked: [String] = []

  static let loads = """
    steady SIZE JITTER, wave LOW HIGH PERIOD, burst BASE PEAK PERIOD LENGTH, \
    or leak FROM PER-HOUR [RESTART] with a RESTART in whole hours, such as 24h
    """

  init(_ section: INIFile.Section, _ path: String) {
    self.section = section
    self.path = path
  }

  /// An error that is about the whole section.
  func problem(_ what: String) -> ConfError {
    ConfError(path, section.line, "[\(ConfError.shown(section.name))] \(what)")
  }

  func refuseOthers() throws(ConfError) {
    for entry in section.entries where !asked.contains(entry.name) {
      throw ConfError(unknown: entry, known: asked, path)
    }
  }

  private mutating func take(_ name: String) -> INIFile.Entry? {
    asked.append(name)
    return section.entries.first { $0.name == name }
  }

  private func wrong(_ entry: INIFile.Entry, _ wanted: String) -> ConfError {
    ConfError(entry, "expected \(wanted)", path)
  }

  mutating func size(_ name: String) throws(ConfError) -> Bytes? {
    guard let entry = take(name) else { return nil }
    guard let size = Self.size(entry.value[...]) else { throw wrong(entry, "a size, such as 512M") }
    return size
  }

  mutating func number(_ name: String, _ range: ClosedRange<Int>) throws(ConfError) -> Int? {
    guard let entry = take(name) else { return nil }
    guard entry.value.count < 8, let number = Int(entry.value), range.contains(number) else {
      throw wrong(entry, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  mutating func load(
    _ name: String
  ) throws(ConfError) -> (load: GuestLoad, restartHours: Int?)? {
    guard let entry = take(name) else { return nil }
    let words = entry.value.split(separator: " ")
    guard let load = Self.load(words) else { throw wrong(entry, Self.loads) }
    return load
  }

  private static func load(_ words: [Substring]) -> (load: GuestLoad, restartHours: Int?)? {
    switch (words.first, words.count) {
    case ("steady", 3):
      guard let level = size(words[1]), let jitter = size(words[2]) else { return nil }
      return (.steady(level, jitter: jitter), nil)
    case ("wave", 4):
      guard let low = size(words[1]), let high = size(words[2]), let period = span(words[3]),
        low <= high
      else { return nil }
      return (.wave(low: low, high: high, period: period), nil)
    case ("burst", 5):
      guard let base = size(words[1]), let peak = size(words[2]), let period = span(words[3]),
        let length = span(words[4]), base <= peak, length <= period
      else { return nil }
      return (.burst(base: base, peak: peak, period: period, length: length), nil)
    case ("leak", 3), ("leak", 4):
      guard let from = size(words[1]), let perHour = size(words[2]) else { return nil }
      let restart = words.count == 4 ? span(words[3]) : nil
      // The guest's own restart is kept in hours.
      guard words.count == 3 || restart.map({ $0.wholeSeconds % 3600 == 0 }) == true else {
        return nil
      }
      return (
        .leak(from: from, perMinute: perHour / 60), restart.map { Int($0.wholeSeconds / 3600) }
      )
    default: return nil
    }
  }

  /// Up to 1024 GiB.
  private static func size(_ word: Substring) -> Bytes? {
    guard let size = try? SizeExpression.amount(parsing: String(word)), size <= .gib(1024),
      size >= .zero
    else { return nil }
    return size
  }

  /// "90s", "5m", "3h", "1d".
  private static func span(_ word: Substring) -> Span? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let last = word.last, let unit = units[last], word.count <= 7,
      let number = Int64(word.dropLast()), number > 0
    else { return nil }
    return .seconds(number * unit)
  }
}

/// Several of a kind, by name, separated by commas; or all of them.
enum NameList<Name> where Name: CaseIterable & RawRepresentable, Name.RawValue == String {
  static var all: String { "all" }
  static var known: [String] { Name.allCases.map(\.rawValue) + [all] }

  /// - Throws: `ValidationError` that says which word means nothing, and what there is.
  static func names(in text: String, of option: String) throws -> [Name] {
    if text == all { return Array(Name.allCases) }
    return try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
      guard let name = Name(rawValue: String(word)) else {
        throw ValidationError(
          "\(option): unknown name \"\(word)\"; known names: \(known.joined(separator: ", "))")
      }
      return name
    }
  }
}
