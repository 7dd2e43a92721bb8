import MemtopCore

/// What the child has to say, one line each; a child that is killed may have said less.
enum TargetReply: Hashable, Sendable {
  case written
  case failed(String)
  /// `memory/target` as read back.
  case target(Bytes)
  /// `max_pages` as read back; nil is unlimited.
  case limit(Bytes?)

  private static let unlimited = "unlimited"
  private static let longestText = 500

  var line: String {
    switch self {
    case .written: "written"
    case .failed(let why): "failed \(Self.oneLine(why))"
    case .target(let target): "target \(target.kib)"
    case .limit(let limit): "limit \(limit.map { "\($0.kib)" } ?? Self.unlimited)"
    }
  }

  init?(line: some StringProtocol) {
    let parts = line.split(separator: " ", maxSplits: 1)
    let rest = parts.count == 2 ? String(parts[1]) : ""
    switch parts.first {
    case "written": self = .written
    case "failed": self = .failed(rest)
    case "target":
      guard let kib = Int64(rest) else { return nil }
      self = .target(.kib(kib))
    case "limit":
      if rest == Self.unlimited {
        self = .limit(nil)
      } else {
        guard let kib = Int64(rest) else { return nil }
        self = .limit(.kib(kib))
      }
    default: return nil
    }
  }

  /// The whole lines of a child's output.
  static func parse(_ output: [UInt8]) -> [TargetReply] {
    let whole = output.prefix(through: output.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
    return String(decoding: whole, as: UTF8.self).split(separator: "\n").compactMap {
      TargetReply(line: $0)
    }
  }

  /// Printable ASCII only: libxl's words may quote a domain's name.
  private static func oneLine(_ text: String) -> String {
    let printable = text.utf8.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
    return String(decoding: printable.prefix(longestText), as: UTF8.self)
  }
}
