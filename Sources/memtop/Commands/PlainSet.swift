import Glibc
import MemtopCore

/// `memtop set DOMAIN SIZE` with its own options alone, understood without the argument parser: a
/// change is as urgent as a host is busy, and the parser takes longer than all the rest.
struct PlainSet: Equatable {
  var domain: String
  var size: SizeExpression
  var wait: Int64?
  var isDryRun = false
  var agrees = false
  var isForced = false

  static let name = "set"
  static let waits = 1...86_400

  /// nil for anything else, which is the parser's to understand or to refuse.
  init?(_ typed: [String]) {
    let words = TypedWords.understood(typed)
    guard words.first == Self.name else { return nil }
    let plain = words.dropFirst().filter { !$0.hasPrefix("-") }
    guard plain.count == 2,
      let size = try? SizeExpression(parsing: OptionalValues.plainSize(plain[1]))
    else { return nil }
    domain = plain[0]
    self.size = size
    for word in words.dropFirst() where word.hasPrefix("-") {
      guard take(word) else { return nil }
    }
  }

  private mutating func take(_ option: String) -> Bool {
    switch option {
    case "--yes": agrees = true
    case "--force": isForced = true
    case "--dry-run": isDryRun = true
    default: return takeWait(option)
    }
    return true
  }

  private mutating func takeWait(_ option: String) -> Bool {
    let prefix = "--wait="
    guard wait == nil, option.hasPrefix(prefix),
      let seconds = Int(option.dropFirst(prefix.count)), Self.waits.contains(seconds)
    else { return false }
    wait = Int64(seconds)
    return true
  }

  func run() -> Never {
    do throws(Failure) {
      // Before the first thread.
      let host = try XenConnection.open(changesSoon: !isDryRun)
      try TargetSetting(
        session: ChangeSession(host), domain: DomainArgument(text: domain), size: size,
        consent: ChangeConsent(isDryRun: isDryRun, agrees: agrees), isForced: isForced,
        patience: wait.map { .seconds($0) }
      ).perform()
      exit(Output.standard.hasFailed ? EXIT_FAILURE : EXIT_SUCCESS)
    } catch {
      exit(told(error))
    }
  }
}
