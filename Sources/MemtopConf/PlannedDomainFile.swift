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
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts[0].trimmed
      guard parts.count == 2, let key = PlannedDomainKey(rawValue: name) else {
        throw ListError("\(ConfError.shown(name)): known keys: \(known)")
      }
      do throws(PlannedDomainKey.Problem) {
        try key.apply(value(parts[1].trimmed, of: key), to: &draft)
      } catch {
        throw ListError("\(ConfError.shown(String(item))): \(error.why)")
      }
    }
    guard let domain = draft.finished(kind: .pvh) else {
      throw ListError("say at least memory=, such as memory=4G")
    }
    return domain
  }

  private static var known: String {
    PlannedDomainKey.allCases.map(\.rawValue).joined(separator: ", ")
  }

  /// An amount with a unit in whole MiB, rounded up; all else as it is.
  private static func value(_ text: String, of key: PlannedDomainKey) -> XLConfig.Value {
    guard key.isAmount, let amount = try? SizeExpression.amount(parsing: text) else {
      return key.isList ? .list([.atom(text)]) : .atom(text)
    }
    return .atom(String((amount + .mib(1) - Bytes(1)).mib))
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

  fileprivate var isList: Bool { self == .pci || self == .dtdev }
}
