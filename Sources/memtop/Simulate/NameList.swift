import ArgumentParser

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
