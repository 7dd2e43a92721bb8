import ArgumentParser
import MemtopCore

/// Which command was typed, and which of memtop's own options with it.
struct TypedCommand {
  /// The first word that is neither an option nor the value of one of memtop's own.
  private(set) var word: String?
  private(set) var options: [RootOption] = []
  /// The word may be the value of an option that is none of memtop's.
  private(set) var isUncertain = false
  private let words: [String]

  init(_ words: [String]) {
    self.words = words
    var isValue = false
    for word in words.prefix(while: { $0 != "--" }) {
      let isOption = word.count > 1 && word.hasPrefix("-")
      if isValue, !isOption {
        isValue = false
      } else if let option = RootOption(word: word) {
        options.append(option)
        isValue = option.isValueNext(to: word)
      } else if isOption {
        isUncertain = isUncertain || self.word == nil
      } else if self.word == nil {
        self.word = word
      }
    }
  }

  /// nil where it is none of memtop's, or memtop without one.
  var subcommand: (any ParsableCommand.Type)? {
    MemtopCommand.configuration.subcommands.first { $0.configuration.commandName == word }
  }

  var isCheck: Bool { subcommand == CheckCommand.self }

  /// What is wrong with it before anything is parsed: an unknown command, or an option that it does not heed.
  ///
  /// The parser would first find fault with what such an option needs, which the operator should leave out anyway.
  func requireSense() throws {
    if let error = UnknownCommand.error(in: self, words) { throw error }
    if words.contains("--help") || words.contains("-h") { return }
    if subcommand == SimulateCommand.self { throw SimulateCommand.mustComeFirst }
    if let foreign = options.first(where: { !heeded.contains($0) }) { throw refusal(of: foreign) }
    try requireOneKindOfHost()
  }

  private func requireOneKindOfHost() throws {
    guard let remote = options.first(where: { $0 == .host || $0 == .hosts }),
      let simulated = options.first(where: RootOption.simulation.contains)
    else { return }
    throw ValidationError("\(simulated.shown) cannot be used with \(remote.shown)")
  }

  private var isBatch: Bool { options.contains(.batch) }

  private var heeded: Set<RootOption> {
    if let subcommand { return (subcommand as? any MemtopSubcommand.Type)?.heeded ?? [] }
    return isBatch ? BatchOptions.heeded : ScreenOptions.heeded
  }

  private func refusal(of option: RootOption) -> ValidationError {
    if let name = subcommand?.configuration.commandName {
      return ValidationError("\(option.shown) cannot be used with \(name)")
    }
    guard isBatch else { return ValidationError("\(option.shown) needs -b") }
    let hint = option == .record ? "; to record without a screen: memtop record FILE" : ""
    return ValidationError("\(option.shown) cannot be used with -b\(hint)")
  }
}

/// A subcommand that is parsed together with memtop's own options.
///
/// One that it has no use for is refused: an option that was meant to protect the host must not be
/// taken for granted.
protocol MemtopSubcommand: ParsableCommand {
  /// Which of memtop's own options it goes by.
  static var heeded: Set<RootOption> { get }
}
