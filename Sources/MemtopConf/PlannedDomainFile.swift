import MemtopCore

/// What an operator says of a domain that is to be created: its xl.cfg(5) file, or the keys that matter.
package enum PlannedDomainFile {
  /// Reads a domain's configuration file.
  ///
  /// - Throws: `ConfError` where the file is not one, or says what memtop cannot judge.
  package static func read(_ path: String) throws(ConfError) -> PlannedDomain {
    try domain(XLConfig(path))
  }

  static func domain(_ config: XLConfig) throws(ConfError) -> PlannedDomain {
    var draft = PlannedDomainDraft()
    for key in PlannedDomainKey.allCases {
      guard let setting = config[key.rawValue] else { continue }
      do throws(PlannedDomainKey.Problem) {
        try key.apply(setting.value, to: &draft)
      } catch {
        throw ConfError(config.path, setting.line, "\(key.rawValue): \(error.why)")
      }
    }
    // xl's own default.
    guard let domain = draft.finished(kind: .pv) else {
      throw ConfError(config.path, nil, "does not say how much memory the domain has")
    }
    return domain
  }

  /// Is this a list of keys rather than a file's name?
  package static func isList(_ text: String) -> Bool {
    text.contains("=") && !text.hasPrefix("/") && !text.hasPrefix(".")
  }

  /// Reads "memory=4G,maxmem=64G,vcpus=16": the same keys; amounts may have a unit.
  ///
  /// - Throws: a `ListError` with one line.
  package static func parse(_ text: String) throws(ListError) -> PlannedDomain {
    var draft = PlannedDomainDraft()
    var seen: Set<PlannedDomainKey> = []
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts[0].trimmed
      if item.trimmed.isEmpty { throw ListError("has an extra comma") }
      guard let key = PlannedDomainKey(rawValue: name) else {
        throw ListError("unknown key \"\(ConfError.shown(name))\"; known keys: \(known)")
      }
      guard parts.count == 2, !parts[1].trimmed.isEmpty else {
        throw ListError("\(name) has no value; write \(name)=VALUE")
      }
      guard seen.insert(key).inserted else { throw ListError("\(name) is given twice") }
      do throws(PlannedDomainKey.Problem) {
        try key.apply(value(parts[1].trimmed, of: key), to: &draft)
      } catch {
        throw ListError("\(ConfError.shown(String(item))): \(error.why)")
      }
    }
    guard let domain = draft.finished(kind: .pvh) else {
      throw ListError("needs memory, such as memory=4G")
    }
    return domain
  }

  private static var known: String {
    PlannedDomainKey.allCases.filter(\.isJudged).map(\.rawValue).joined(separator: ", ")
  }

  /// An amount with a unit in whole MiB, rounded up; all else as it is.
  private static func value(_ text: String, of key: PlannedDomainKey) -> XLConfig.Value {
    guard key.isAmount, let amount = try? SizeExpression.amount(parsing: text) else {
      return key.isList ? .list([.atom(text)]) : .atom(text)
    }
    return .atom(String(amount.rounded(upTo: .mib(1)).mib))
  }

  /// Why a list of keys could not be read.
  package struct ListError: Error, CustomStringConvertible, Sendable {
    package let description: String
    init(_ description: String) { self.description = description }
  }
}

extension PlannedDomainKey {
  fileprivate var isAmount: Bool {
    switch self {
    case .memory, .maxmem, .shadowMemory, .stubdomainMemory, .videoram: true
    case .vcpus, .maxvcpus, .type, .builder, .hap, .stubdomain, .deviceModel, .vga, .stdvga, .pci,
      .dtdev, .passthrough, .vnuma:
      false
    }
  }

  /// Whether any value of it can be taken.
  fileprivate var isJudged: Bool { self != .vnuma }

  fileprivate var isList: Bool { self == .pci || self == .dtdev }
}

/// The keys of xl.cfg(5) that decide how much memory a domain takes, each with what it changes.
///
/// A key that is not in the table says nothing about memory, but for `vnuma`, which is refused.
enum PlannedDomainKey: String, CaseIterable {
  case memory, maxmem, vcpus, maxvcpus, type, builder, hap
  case shadowMemory = "shadow_memory"
  case stubdomain = "device_model_stubdomain_override"
  case stubdomainMemory = "stubdomain_memory"
  case deviceModel = "device_model_version"
  case videoram, vga, stdvga, pci, dtdev, passthrough
  case vnuma

  /// More than any host has: 4 PiB, in MiB.
  private static let most: Int64 = 1 << 32
  private static let mostVCPUs: Int64 = 1 << 16

  /// Why a value cannot be taken, as the end of a sentence.
  struct Problem: Error { let why: String }

  /// Notes in `draft` what the value says.
  func apply(_ value: XLConfig.Value, to draft: inout PlannedDomainDraft) throws(Problem) {
    switch self {
    case .memory: draft.memory = try size(value)
    case .maxmem: draft.most = try size(value)
    case .vcpus: draft.vcpus = try number(value, upTo: Self.mostVCPUs)
    case .maxvcpus: draft.mostVCPUs = try number(value, upTo: Self.mostVCPUs)
    case .type: draft.kind = try word(value, ["pv": .pv, "pvh": .pvh, "hvm": .hvm])
    case .builder: draft.builder = try word(value, ["generic": .pv, "hvm": .hvm])
    case .hap: draft.domain.hap = try number(value, upTo: 1) == 1
    case .shadowMemory: draft.domain.shadow = try size(value)
    case .stubdomain: draft.domain.hasStubdomain = try number(value, upTo: 1) == 1
    case .stubdomainMemory: draft.domain.stubdomainMemory = try size(value)
    case .deviceModel: draft.domain.deviceModel = try word(value)
    case .videoram: draft.domain.videoram = try size(value)
    case .vga: draft.adapter = try word(value)
    case .stdvga: draft.standard = try number(value, upTo: 1) == 1
    case .pci, .dtdev: draft.domain.hasDevices = try isAny(value) || draft.domain.hasDevices
    case .passthrough: draft.domain.passthrough = try passthrough(value)
    case .vnuma: throw Problem(why: "memtop cannot tell how much memory a vNUMA guest takes")
    }
  }

  /// In MiB, as in xl.cfg(5).
  private func size(_ value: XLConfig.Value) throws(Problem) -> Bytes {
    .mib(try number(value, upTo: Self.most))
  }

  /// As strtol(…, 0) takes it: decimal, 0x…, or octal with a leading 0.
  private func number(_ value: XLConfig.Value, upTo most: Int64) throws(Problem) -> Int64 {
    guard case .atom(let text) = value else { throw Problem(why: "is not a number") }
    let (digits, radix): (Substring, Int) =
      text.hasPrefix("0x")
      ? (text.dropFirst(2), 16) : text.hasPrefix("0") ? (text[...], 8) : (text[...], 10)
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
      let number = Int64(digits, radix: radix), number <= most
    else { throw Problem(why: "is not a number from 0 to \(most)") }
    return number
  }

  private func word<Word>(_ value: XLConfig.Value, _ words: [String: Word]) throws(Problem) -> Word
  {
    guard case .atom(let text) = value, let word = words[text] else {
      throw Problem(why: "must be one of " + words.keys.sorted().joined(separator: ", "))
    }
    return word
  }

  private func word<Word: RawRepresentable & CaseIterable>(_ value: XLConfig.Value) throws(Problem)
    -> Word where Word.RawValue == String
  {
    try word(value, Dictionary(uniqueKeysWithValues: Word.allCases.map { ($0.rawValue, $0) }))
  }

  private func passthrough(_ value: XLConfig.Value) throws(Problem) -> PlannedDomain.Passthrough? {
    if case .atom("default") = value { return nil }
    return try word(value)
  }

  private func isAny(_ value: XLConfig.Value) throws(Problem) -> Bool {
    guard case .list(let values) = value else { throw Problem(why: "is not a list") }
    return !values.isEmpty
  }
}

/// What was said of a domain so far, in any order.
struct PlannedDomainDraft {
  var domain = PlannedDomain(memory: .zero)
  var memory: Bytes?
  var most: Bytes?
  var vcpus: Int64?
  var mostVCPUs: Int64?
  var kind: DomainKind?
  var builder: DomainKind?
  var adapter: PlannedDomain.Adapter?
  var standard: Bool?

  /// With xl's rules for what is not said (xl_parse.c, parse_config_data); nil without an amount.
  func finished(kind standardKind: DomainKind) -> PlannedDomain? {
    guard let memory = memory ?? most, memory > .zero else { return nil }
    var domain = domain
    domain.kind = kind ?? builder ?? standardKind
    domain.memory = memory
    domain.most = most ?? memory
    domain.vcpus = max(mostVCPUs ?? 0, vcpus ?? 0, 1)
    domain.adapter = adapter ?? (standard == true ? .stdvga : .cirrus)
    return domain
  }
}
