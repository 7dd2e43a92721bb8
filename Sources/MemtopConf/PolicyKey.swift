import MemtopCore

/// One key of a policy file: the vocabulary of the parser, its errors, `memtop policy` and
/// memtop.conf(5).
public struct PolicyKey: Sendable {
  public let name: String
  /// What a value looks like.
  public let values: String
  /// One sentence for the manual.
  public let description: String
  let change: @Sendable (String) throws(PolicyValueError) -> PolicySet.Change

  /// The keys of `[host]`.
  public static let host: [PolicyKey] = [
    PolicyKey(
      name: "reserve", values: "a size, as 512M",
      description: "What advice and regulation leave free on the host; if not said, 2 % of it, and "
        + "256 MiB at least."
    ) { (value) throws(PolicyValueError) in .floor(try PolicyValue.size(value)) }
  ]

  /// The keys of `[domain …]`.
  public static let domain: [PolicyKey] = [
    PolicyKey(
      name: "reserve", values: "a size, as 512M, or a share of what is busy, as 25%",
      description: "What is kept beside busy, for cache and for a burst until the next report; a "
        + "share is 64 MiB at least. 25% if not said."
    ) { (value) throws(PolicyValueError) in .reserve(try PolicyValue.reserve(value)) },
    PolicyKey(
      name: "floor", values: "a size, as 512M",
      description: "A target below this is never advised, and one that is below is raised to it."
    ) { (value) throws(PolicyValueError) in .floor(try PolicyValue.size(value)) },
    PolicyKey(
      name: "ceiling", values: "a size, as 8G",
      description: "A target above this is never advised; static-max if not said."
    ) { (value) throws(PolicyValueError) in .ceiling(try PolicyValue.size(value)) },
    PolicyKey(
      name: "weight", values: "a number from 1 to 1000",
      description: "Its part of what is left where a host is short, beside that of others. 100 if "
        + "not said."
    ) { (value) throws(PolicyValueError) in .weight(try PolicyValue.weight(value)) },
    PolicyKey(
      name: "hands-off", values: "yes or no",
      description: "No advice, no part in memtop free, and no regulation. no if not said."
    ) { (value) throws(PolicyValueError) in .handsOff(try PolicyValue.truth(value)) },
    PolicyKey(
      name: "xapi-free", values: "available, free or unknown",
      description: "What its XAPI agent's meminfo_free means: the kernel's MemAvailable, which can "
        + "be acted on, or its MemFree, by which cache looks busy and it is never given more. "
        + "unknown if not said, which is as free."
    ) { (value) throws(PolicyValueError) in .xapiFree(try PolicyValue.xapiFree(value)) },
    PolicyKey(
      name: "regulate", values: "yes or no",
      description: "memtop regulate takes it without being asked by M. no if not said."
    ) { (value) throws(PolicyValueError) in .regulated(try PolicyValue.truth(value)) },
  ]
}

/// A value that its key does not take.
struct PolicyValueError: Error {
  /// nil is: it looks like nothing that the key takes.
  var reason: String?
}

enum PolicyValue {
  static func size(_ text: String) throws(PolicyValueError) -> Bytes {
    do throws(SizeError) {
      return try SizeExpression.amount(parsing: text)
    } catch {
      throw PolicyValueError(reason: text.isEmpty ? "it has no value" : error.reason)
    }
  }

  static func reserve(_ text: String) throws(PolicyValueError) -> MemoryPolicy.Reserve {
    guard text.last == "%" else { return .size(try size(text)) }
    guard let percent = number(text.dropLast()), (1...400).contains(percent) else {
      throw PolicyValueError(reason: "a share is from 1% to 400%")
    }
    return .share(percent: percent)
  }

  static func weight(_ text: String) throws(PolicyValueError) -> Int64 {
    guard let weight = number(text[...]), (1...1000).contains(weight) else {
      throw PolicyValueError()
    }
    return weight
  }

  static func truth(_ text: String) throws(PolicyValueError) -> Bool {
    switch text {
    case "yes": true
    case "no": false
    default: throw PolicyValueError()
    }
  }

  static func xapiFree(_ text: String) throws(PolicyValueError) -> MemoryPolicy.XAPIFree {
    guard let meaning = MemoryPolicy.XAPIFree(rawValue: text) else { throw PolicyValueError() }
    return meaning
  }

  private static func number(_ text: Substring) -> Int64? {
    guard !text.isEmpty, text.count <= 6, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int64(text)
  }
}
