import MemtopCore

/// A value that its key does not take.
struct PolicyValueError: Error {
  /// What is wrong with it; nil where the key takes nothing that looks like it.
  var reason: String?
}

/// The values that keys of memtop.conf take, read from their text: sizes, shares of busy, weights, words.
enum PolicyValue {
  static func size(_ text: String) throws(PolicyValueError) -> Bytes {
    do throws(SizeError) {
      return try SizeExpression.amount(parsing: text)
    } catch {
      throw PolicyValueError(reason: text.isEmpty ? "it has no value" : error.reason)
    }
  }

  /// A size that a target can have: targets are set in whole MiB.
  private static func target(_ text: String) throws(PolicyValueError) -> Bytes {
    let size = try size(text)
    guard size >= .mib(1) else { throw PolicyValueError(reason: "must be at least 1M") }
    return size
  }

  static func floor(_ text: String) throws(PolicyValueError) -> Bytes {
    let size = try target(text)
    let below = size.rounded(downTo: .mib(1))
    return below < size ? below + .mib(1) : size
  }

  static func ceiling(_ text: String) throws(PolicyValueError) -> Bytes {
    try target(text).rounded(downTo: .mib(1))
  }

  static func reserve(_ text: String) throws(PolicyValueError) -> MemoryPolicy.Reserve {
    if let percent = number(text[...]), shares.contains(percent) {
      throw PolicyValueError(reason: "give a unit, such as \(percent)M or \(percent)%")
    }
    guard text.last == "%" else { return .size(try size(text)) }
    guard let percent = number(text.dropLast()), shares.contains(percent) else {
      throw PolicyValueError(
        reason: "a share is a whole number from 1% to 400%, without a blank before %")
    }
    return .share(percent: percent)
  }

  private static let shares: ClosedRange<Int64> = 1...400

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

  /// The only owner that memtop can act through.
  static func xapi(_ text: String) throws(PolicyValueError) -> Bool {
    guard text == TargetOwner.xapi.rawValue else { throw PolicyValueError() }
    return true
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
