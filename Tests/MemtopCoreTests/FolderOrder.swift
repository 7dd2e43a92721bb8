/// Finds where a folder uses what one above it declares.
///
/// A simple reading, by names: types and functions at top level, and members that an extension adds to a
/// type of another folder. Where a folder that may be used declares the same name, that one counts.
/// Members that extensions add to types of the standard library are not looked at.
struct FolderOrder {
  /// The lowest first.
  let folders: [String]
  private let files: [(path: String, rank: Int, tokens: [SourceToken])]
  private var types: [String: Set<Int>] = [:]
  private var members: [String: [Member]] = [:]
  /// The folders that declare a name, on whatever level.
  private var declaring: [String: Set<Int>] = [:]

  private struct Member {
    let owner: String
    let rank: Int
    let isFunction: Bool
    let isStatic: Bool
  }

  /// - Parameter texts: by path, from where the folders are.
  init(_ folders: [String], _ texts: [String: String]) {
    self.folders = folders
    files = texts.sorted { $0.key < $1.key }.compactMap { path, text in
      let folder = path.split(separator: "/").dropLast().joined(separator: "/")
      return folders.firstIndex(of: folder).map { (path, $0, SourceToken.all(of: text)) }
    }
    for file in files { read(file.tokens, file.rank) }
    for (name, added) in members {
      members[name] = added.filter { member in
        types[member.owner].map { !$0.contains(member.rank) } ?? false
      }
    }
  }

  private mutating func read(_ tokens: [SourceToken], _ rank: Int) {
    for declared in Declaration.all(in: tokens) {
      declaring[declared.name, default: []].insert(rank)
      guard !declared.isPrivate else { continue }
      switch declared.place {
      case .top: types[declared.name, default: []].insert(rank)
      case .extending(let owner):
        members[declared.name, default: []].append(
          Member(
            owner: owner, rank: rank, isFunction: declared.isFunction, isStatic: declared.isStatic))
      case .inside: break
      }
    }
  }

  /// "Model/Reading.swift:29 uses HostTraits of Decisions/Changes above it".
  var faults: [String] {
    files.flatMap { path, rank, tokens in
      tokens.indices.compactMap { index in
        let name = tokens[index].text
        guard declaring[name]?.contains(where: { $0 <= rank }) != true,
          let above = typeAbove(tokens, index) ?? memberAbove(tokens, index)
        else { return nil }
        return "\(path):\(tokens[index].line) uses \(name) of \(folders[above]) above it"
      }
    }
  }

  private func typeAbove(_ tokens: [SourceToken], _ index: Int) -> Int? {
    tokens.isAfterDot(index) ? nil : types[tokens[index].text]?.min()
  }

  private func memberAbove(_ tokens: [SourceToken], _ index: Int) -> Int? {
    guard tokens.isAfterDot(index), let members = members[tokens[index].text] else { return nil }
    let isCalled = index + 1 < tokens.count && tokens[index + 1].text == "("
    let isOfValue = tokens.isOfValue(dot: index - 1)
    return members.first { $0.isFunction == isCalled && ($0.isStatic || isOfValue) }?.rank
  }
}

/// What is declared, and where.
private struct Declaration {
  enum Place { case top, extending(String), inside }

  let name: String
  let place: Place
  var isFunction = false
  var isStatic = false
  var isPrivate = false

  private static let ofTypes: Set = ["struct", "class", "enum", "protocol", "actor"]
  private static let ofMembers: Set = ["func", "var", "let", "typealias", "associatedtype"]
  private static let modifiers: Set = [
    "public", "package", "internal", "private", "fileprivate", "static", "final", "indirect",
    "mutating", "nonmutating", "consuming", "nonisolated", "lazy", "weak", "override",
  ]

  static func all(in tokens: [SourceToken]) -> [Declaration] {
    var found: [Declaration] = []
    /// What each open brace belongs to; nil is a body of code.
    var open: [Place?] = []
    var next: Place?
    for (index, token) in tokens.enumerated() {
      switch token.text {
      case "{":
        open.append(next)
        next = nil
      case "}": _ = open.popLast()
      case "extension" where open.isEmpty: next = .extending(tokens[index + 1].text)
      case "case":
        guard case .some(.some) = open.last else { continue }
        found += cases(tokens, index + 1).map { Declaration(name: $0, place: .inside) }
      case let word where ofTypes.contains(word) || ofMembers.contains(word):
        guard index + 1 < tokens.count, tokens[index + 1].isWord, !tokens.isAfterDot(index),
          let place = open.isEmpty ? .top : open[open.count - 1],
          !modifiers.contains(tokens[index + 1].text), !ofMembers.contains(tokens[index + 1].text)
        else { continue }
        let before = tokens[..<index].reversed().prefix {
          modifiers.contains($0.text) || "()@".contains($0.text) || $0.text == "set"
        }.map(\.text)
        let isPrivateToSet = before.contains("set")
        found.append(
          Declaration(
            name: tokens[index + 1].text, place: place, isFunction: word == "func",
            isStatic: ofTypes.contains(word) || word == "typealias" || before.contains("static"),
            isPrivate: !isPrivateToSet
              && (before.contains("private") || before.contains("fileprivate"))))
        if ofTypes.contains(word) { next = .inside }
      default: break
      }
    }
    return found
  }

  /// `a, b(Payload), c = 1`.
  private static func cases(_ tokens: [SourceToken], _ begin: Int) -> [String] {
    var names: [String] = []
    var depth = 0
    var isNext = true
    for token in tokens[begin...] {
      switch token.text {
      case "(": depth += 1
      case ")": depth -= 1
      case ",": isNext = depth == 0
      case _ where depth > 0: break
      case _ where isNext && token.isWord:
        names.append(token.text)
        isNext = false
      default: if token.line != tokens[begin].line || token.text == "}" { return names }
      }
    }
    return names
  }
}
