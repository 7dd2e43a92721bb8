/// How a domain stands with the regulator, as `memory/memtop-regulation` says it.
///
/// A dashboard writes what is wanted, and `memtop regulate` what has become of it; a guest cannot
/// write there. The key goes with the domain: after a reboot the regulator writes it anew.
public enum Regulation: Hashable, Sendable {
  /// An operator hands it to the regulator, which has not taken it yet.
  case wanted(by: String)
  /// An operator takes it back.
  case unwanted(by: String)
  /// The regulator has it. A regulator that restarts compares `at` with what is set now: if they differ, someone
  /// else set the target.
  case regulated(by: String, at: Setting? = nil)
  /// The regulator released it.
  case released(why: String)

  /// What the regulator set last, or found when it took the domain.
  public enum Setting: Hashable, Sendable {
    /// As SIZE: `memory/target` and videoram.
    case target(Bytes)
    /// Where XAPI owns the targets: its dynamic range.
    case range(DynamicRange)
  }

  private enum Word: String, CaseIterable { case wanted, unwanted, regulated, released }

  /// Reads "UUID WORD TEXT", or "UUID regulated at=SETTING TEXT"; nil for anything else, and for another
  /// domain's: domids are reused.
  public init?(_ value: [UInt8], of uuid: DomainUUID) {
    var words = Words(value[...])
    guard let name = words.next(), String(decoding: name, as: UTF8.self) == uuid.description,
      let state = words.next(), let word = Word(rawValue: String(decoding: state, as: UTF8.self))
    else { return nil }
    var (setting, end): (Setting?, Int) = (nil, state.endIndex)
    if word == .regulated, let next = words.next(), let read = Setting(next) {
      (setting, end) = (read, next.endIndex)
    }
    let rest = value[end...].dropFirst()
    let text = SafeText.escaped(Array(rest), limit: 100)
    switch word {
    case .wanted: self = .wanted(by: text)
    case .unwanted: self = .unwanted(by: text)
    case .regulated: self = .regulated(by: text, at: setting)
    case .released: self = .released(why: text)
    }
  }

  /// As it is stored.
  public func bytes(for uuid: DomainUUID) -> [UInt8] {
    Array("\(uuid) \(word.rawValue) \(text)".utf8)
  }

  private var word: Word {
    switch self {
    case .wanted: .wanted
    case .unwanted: .unwanted
    case .regulated: .regulated
    case .released: .released
    }
  }

  private var text: String {
    switch self {
    case .wanted(let by), .unwanted(let by), .regulated(let by, nil): by
    case .regulated(let by, let setting?): "\(setting.word) \(by)"
    case .released(let why): why
    }
  }

  /// Whether the regulator has it now.
  public var isRegulated: Bool { if case .regulated = self { true } else { false } }

  /// One word for a column: a wish that nobody has taken up yet is none of the regulator's.
  public var summary: String { word.rawValue }
}

extension Regulation.Setting {
  private static let mark = "at="

  /// "at=KIB", or "at=KIB-KIB" for a range.
  fileprivate var word: String {
    switch self {
    case .target(let size): "\(Self.mark)\(size.kib)"
    case .range(let range): "\(Self.mark)\(range.low.kib)-\(range.high.kib)"
    }
  }

  fileprivate init?(_ word: ArraySlice<UInt8>) {
    guard word.starts(with: Self.mark.utf8) else { return nil }
    let numbers = word.dropFirst(Self.mark.utf8.count)
      .split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    switch numbers.count {
    case 1:
      guard let size = Bytes(storeKiB: Array(numbers[0])) else { return nil }
      self = .target(size)
    case 2:
      guard let range = DynamicRange(numbers[0], numbers[1]) else { return nil }
      self = .range(range)
    default: return nil
    }
  }
}

/// The sign of life of `memtop regulate`, in dom0's `memory/memtop-regulation`.
package struct RegulatorBeat: Hashable, Sendable {
  package var pid: Int32
  /// Another number each time.
  package var number: UInt64
  /// Until the next one.
  package var every: Span
  /// How many domains it has.
  package var guests: Int

  package init(pid: Int32, number: UInt64, every: Span, guests: Int) {
    self.pid = pid
    self.number = number
    self.every = every
    self.guests = guests
  }

  private static let word = "service"

  /// Reads "service PID NUMBER SECONDS GUESTS".
  package init?(_ value: [UInt8]) {
    var words = Words(value[...])
    guard let word = words.next(), word.elementsEqual(Self.word.utf8) else { return nil }
    var numbers: [Int64] = []
    while let digits = words.next() {
      guard let number = ReportText.number(digits) else { return nil }
      numbers.append(number)
    }
    guard numbers.count == 4, (1...3600).contains(numbers[2]) else { return nil }
    self.init(
      pid: Int32(clamping: numbers[0]), number: UInt64(numbers[1]), every: .seconds(numbers[2]),
      guests: Int(clamping: numbers[3]))
  }

  package var bytes: [UInt8] {
    Array("\(Self.word) \(pid) \(number) \(every.wholeSeconds) \(guests)".utf8)
  }
}

/// What a dashboard knows of the regulator.
public struct RegulatorStatus: Hashable, Sendable {
  /// Whether the regulator gives signs of life.
  public enum Health: Hashable, Sendable {
    /// Its sign of life was found, and has not been seen to change yet.
    case unknown
    case alive
    /// No sign of life for three times its interval: it hangs, or was killed.
    case silent
  }

  /// Its process id in dom0, by its last sign of life.
  public var pid: Int32
  /// How many domains it regulates, by its last sign of life.
  public var guests: Int
  /// Whether it still gives signs of life.
  public var health: Health

  package init(pid: Int32, guests: Int, health: Health) {
    self.pid = pid
    self.guests = guests
    self.health = health
  }
}

/// What became of the regulator as a whole.
public enum RegulatorTurn: String, CaseIterable, Hashable, Sendable {
  case started, ended
  /// It gives no sign of life.
  case silent
  case back
}

/// Writes how domains stand with the regulator to where every memtop on the host reads it. A call
/// may block for as long as the host does.
package protocol RegulationWriter: AnyObject, Sendable {
  /// Writes what holds for a domain, or with nil removes it. Nothing is written for a domain that is
  /// gone or was replaced.
  func publish(_ domain: DomainID, _ regulation: Regulation?) throws(SourceError)
  /// Gives a sign of life of the regulator, or with nil takes it away.
  func beat(_ beat: RegulatorBeat?) throws(SourceError)
}
