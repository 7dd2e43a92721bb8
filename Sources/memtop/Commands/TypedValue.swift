import ArgumentParser
import MemtopCore
import MemtopUI

/// What an option takes: how its value is read, and what is said of one that cannot be read.
///
/// Each is the `transform` of an option. Its error says what can be given; what was typed, and for which
/// option, stands before it (`InvalidValue`).
enum TypedValue {
  typealias Reader<Value> = @Sendable (String) throws -> Value

  static func reader<Value>(_ accepted: String, _ read: @escaping @Sendable (String) -> Value?)
    -> Reader<Value>
  {
    { typed in
      // A minus may have come as one that is no option.
      guard let value = read(OptionalValues.withMinus(typed)) else {
        throw ValidationError("must be \(accepted)")
      }
      return value
    }
  }

  static func whole<Number: FixedWidthInteger & Sendable>(
    _ range: ClosedRange<Number>, of unit: String = ""
  ) -> Reader<Number> {
    let kind = unit.isEmpty ? "a whole number" : "a whole number of \(unit)"
    let end = range.upperBound == .max ? "on" : "to \(range.upperBound)"
    return reader("\(kind) from \(range.lowerBound) \(end)") { typed in
      Number(typed).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  static func seconds(_ range: ClosedRange<Double>) -> Reader<Span> {
    reader("a number of seconds from \(plain(range.lowerBound)) to \(plain(range.upperBound))") {
      guard let number = Double($0), range.contains(number) else { return nil }
      return Span(milliseconds: Int64(clamping: (number * 1000).rounded()))
    }
  }

  private static func plain(_ number: Double) -> String {
    number == number.rounded() ? "\(Int(number))" : "\(number)"
  }

  /// What stands between commas, without the spaces around it: `name, busy`.
  static func list(_ typed: String) -> [Substring] {
    typed.split(separator: ",", omittingEmptySubsequences: false).map { item in
      let rest = item.drop { $0 == " " }
      return rest.lastIndex { $0 != " " }.map { rest[...$0] } ?? ""
    }
  }

  /// One of a few words.
  static func choice<Value: Sendable>(
    _ values: [Value], named name: @escaping @Sendable (Value) -> String
  ) -> Reader<Value> {
    let names = values.map(name)
    let list = names.dropLast().joined(separator: ", ") + " or \(names.last ?? "")"
    return reader(list) { typed in values.first { name($0) == typed } }
  }

  static func choice<Value: CaseIterable & RawRepresentable & Sendable>() -> Reader<Value>
  where Value.RawValue == String {
    choice(Array(Value.allCases)) { $0.rawValue }
  }

  /// A file or a directory. Elsewhere `-` is standard input or output, so no file is made of that name.
  static let path: Reader<String> = { typed in
    guard !typed.isEmpty else { throw ValidationError("give the name of a file") }
    guard typed != "-" else {
      throw ValidationError(
        "standard input and output cannot be used here; a file of that name is ./-")
    }
    return typed
  }

  /// A length of time of at least `least`.
  static func time(atLeast least: Span, _ name: String) -> Reader<Span> {
    reader("\(name) or longer, such as 90s, 5m, 36h, 7d or 4w") { typed in
      Span(typed: typed).flatMap { $0 >= least ? $0 : nil }
    }
  }
}

/// A value that cannot be taken, as it is told: `--sync 5s: must be a number of seconds from 0 to 3600`.
struct InvalidValue: Error, CustomStringConvertible {
  let description: String

  init(_ option: String, _ typed: String, _ why: String) {
    description = "\(option) \(SafeText.escaped(Array(typed.utf8), limit: 60)): \(why)"
  }

  /// - Parameter message: the argument parser's, which names the value before the option.
  init?(parser message: Substring) {
    let (start, middle) = ("The value '", "' is invalid for '")
    guard message.hasPrefix(start), let place = message.ranges(of: middle).last else { return nil }
    let typed = message[message.index(message.startIndex, offsetBy: start.count)..<place.lowerBound]
    let rest = message[place.upperBound...]
    guard let end = rest.firstRange(of: "': ") else { return nil }
    let option = rest[..<end.lowerBound].prefix { $0 != " " }
    self.init(String(option), String(typed), String(rest[end.upperBound...]))
  }

  /// The parser's whole text, with its first line told this way.
  static func retold(_ text: String) -> String {
    let mark = "Error: "
    guard text.hasPrefix(mark) else { return text }
    let body = text.dropFirst(mark.count)
    // A typed value may contain line breaks.
    let end =
      body.firstRange(of: "\nHelp: ")?.lowerBound ?? body.firstRange(of: "\nUsage: ")?.lowerBound
    guard let invalid = InvalidValue(parser: body[..<(end ?? body.endIndex)]) else { return text }
    return mark + invalid.description + body[(end ?? body.endIndex)...]
  }
}
