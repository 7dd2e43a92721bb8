import ArgumentParser
import MemtopConf
import MemtopCore
import MemtopSimulation
import MemtopUI

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

  /// What a guest's sizes can be at most; its demand is kept in KiB of 32 bits.
  static let mostOfGuest = Bytes.gib(1024)
  static let mostOfHost = Bytes.gib(16 * 1024)

  /// Why a value cannot be taken.
  private struct Problem: Error { let why: String }

  mutating func size(
    _ name: String, atMost most: Bytes = mostOfGuest, canBeZero: Bool = false
  ) throws(ConfError) -> Bytes? {
    guard let entry = take(name) else { return nil }
    do throws(Problem) {
      return try Self.size(entry.value[...], atMost: most, canBeZero: canBeZero)
    } catch {
      throw ConfError(entry, error.why, path)
    }
  }

  mutating func number(_ name: String, _ range: ClosedRange<Int>) throws(ConfError) -> Int? {
    guard let entry = take(name) else { return nil }
    guard entry.value.count < 8, let number = Int(entry.value), range.contains(number) else {
      throw ConfError(
        entry, "expected a number from \(range.lowerBound) to \(range.upperBound)", path)
    }
    return number
  }

  mutating func load(
    _ name: String
  ) throws(ConfError) -> (load: GuestLoad, restartHours: Int?)? {
    guard let entry = take(name) else { return nil }
    do throws(Problem) {
      return try Self.load(LoadWords(entry.value.split(separator: " ")))
    } catch {
      throw ConfError(entry, error.why, path)
    }
  }

  /// The words of a load, each with the name that memtop(8) gives it.
  private struct LoadWords {
    let words: [Substring]
    init(_ words: [Substring]) { self.words = words }

    func size(_ place: Int, _ name: String, canBeZero: Bool = false) throws(Problem) -> Bytes {
      do throws(Problem) {
        return try ScenarioKeys.size(words[place], atMost: mostOfGuest, canBeZero: canBeZero)
      } catch {
        throw problem(place, name, error.why)
      }
    }

    func span(_ place: Int, _ name: String) throws(Problem) -> Span {
      guard let span = ScenarioKeys.span(words[place]) else {
        throw problem(place, name, "give a time, such as 90s, 5m, 3h or 1d")
      }
      return span
    }

    /// A time that demand in steps can follow.
    func steps(_ place: Int, _ name: String, atLeast least: Int = DemandSeries.step)
      throws(Problem) -> Span
    {
      let span = try span(place, name)
      guard span.wholeSeconds % Int64(DemandSeries.step) == 0 else {
        let step = "\(DemandSeries.step)"
        throw problem(
          place, name, "must be a multiple of \(step)s, because demand changes every \(step) s")
      }
      guard span >= .seconds(Int64(least)) else {
        throw problem(place, name, "must be at least \(least)s")
      }
      return span
    }

    func refuse(_ isRefused: Bool, _ place: Int, _ name: String, _ why: String) throws(Problem) {
      if isRefused { throw Problem(why: "\(name), \(words[place]), \(why)") }
    }

    private func problem(_ place: Int, _ name: String, _ why: String) -> Problem {
      Problem(why: "\(name), \(ConfError.shown(String(words[place]))): \(why)")
    }
  }

  /// A shorter wave would be steps.
  private static let shortestWave = 60

  private static func load(
    _ words: LoadWords
  ) throws(Problem) -> (load: GuestLoad, restartHours: Int?) {
    switch (words.words.first, words.words.count) {
    case ("steady", 3):
      return (
        .steady(
          try words.size(1, "SIZE"), jitter: try words.size(2, "JITTER", canBeZero: true)), nil
      )
    case ("wave", 4):
      let (low, high) = (try words.size(1, "LOW"), try words.size(2, "HIGH"))
      try words.refuse(low > high, 1, "LOW", "is above HIGH, \(words.words[2])")
      let period = try words.steps(3, "PERIOD", atLeast: shortestWave)
      return (.wave(low: low, high: high, period: period), nil)
    case ("burst", 5):
      let (base, peak) = (try words.size(1, "BASE"), try words.size(2, "PEAK"))
      try words.refuse(base > peak, 1, "BASE", "is above PEAK, \(words.words[2])")
      let (period, length) = (try words.steps(3, "PERIOD"), try words.steps(4, "LENGTH"))
      try words.refuse(length > period, 4, "LENGTH", "is longer than PERIOD, \(words.words[3])")
      return (.burst(base: base, peak: peak, period: period, length: length), nil)
    case ("leak", 3), ("leak", 4):
      let (from, perHour) = (try words.size(1, "FROM"), try words.size(2, "PER-HOUR"))
      let restart = words.words.count == 4 ? try words.span(3, "RESTART") : nil
      // The guest's own restart is kept in hours.
      try words.refuse(
        restart.map { $0.wholeSeconds % 3600 != 0 } ?? false, 3, "RESTART",
        "is not in whole hours, such as 24h")
      return (
        .leak(from: from, perMinute: perHour / 60), restart.map { Int($0.wholeSeconds / 3600) }
      )
    default: throw Problem(why: "expected \(loads)")
    }
  }

  private static func size(
    _ word: Substring, atMost most: Bytes, canBeZero: Bool
  ) throws(Problem) -> Bytes {
    if isZero(word) {
      guard canBeZero else { throw Problem(why: "must be more than 0") }
      return .zero
    }
    let size: Bytes
    do throws(SizeError) {
      size = try SizeExpression.amount(parsing: String(word))
    } catch {
      throw Problem(why: error.reason)
    }
    guard size <= most else { throw Problem(why: "must be at most \(most.short)") }
    return size
  }

  /// 0, with a unit or without.
  private static func isZero(_ word: Substring) -> Bool {
    let unit = word.drop { $0 == "0" }
    return unit.count < word.count
      && (unit.isEmpty || SizeExpression.shift(of: unit.lowercased()) != nil)
  }

  /// "90s", "5m", "3h", "1d": whole seconds, with a unit.
  private static func span(_ word: Substring) -> Span? {
    guard word.last?.isLetter == true, word.count <= 7, let span = Span(typed: String(word)),
      span > .zero, Span.seconds(span.wholeSeconds) == span
    else { return nil }
    return span
  }
}

/// Several of a kind, by name, separated by commas; or all of them.
enum NameList<Name> where Name: CaseIterable & RawRepresentable, Name.RawValue == String {
  static var all: String { "all" }
  static var known: [String] { Name.allCases.map(\.rawValue) + [all] }

  /// - Throws: `ValidationError` that says which word means nothing, and what there is.
  static func names(in text: String, of option: String) throws -> [Name] {
    if text == all { return Array(Name.allCases) }
    let words = TypedValue.list(text)
    guard !words.contains(Substring(all)) else {
      throw ValidationError("\(option): \(all) cannot be combined with other names")
    }
    if let twice = words.enumerated().first(where: { words[..<$0.offset].contains($0.element) }) {
      throw ValidationError("\(option): \(twice.element) is given twice")
    }
    return try words.map { word in
      guard let name = Name(rawValue: String(word)) else {
        throw ValidationError(
          "\(option): unknown name \"\(word)\"; known names: \(known.joined(separator: ", "))")
      }
      return name
    }
  }
}
