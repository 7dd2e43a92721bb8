/// What killed a guest, by what Xen's log and the guest's own console say.
enum GuestDeath: Equatable, CustomStringConvertible {
  /// Its memory: what a change of its target may have done.
  case memory(String)
  /// The machine that emulates its processor.
  case machine(String)

  var isOfMemory: Bool {
    switch self {
    case .memory: true
    case .machine: false
    }
  }

  var description: String {
    switch self {
    case .memory(let line), .machine(let line): line
    }
  }

  /// Words that a kernel or Xen has for a want of memory.
  private static let wantOfMemory = [
    "out of memory", "oom-kill", "oom_kill", "deadlocked on memory", "page allocation failure",
    "cannot allocate memory", "out of pod memory",
  ]

  /// A word of memory counts more than a triple fault: only what memtop cannot have done is excused.
  /// - Parameters:
  ///   - domid: the domain that is no more.
  ///   - xen: Xen's log (`xl dmesg`).
  ///   - console: what its console said in that domain's life.
  static func judge(domid: Int, xen: String, console: String) -> GuestDeath {
    let ofDomain = lines(xen).filter { isAbout(domid, $0) }
    if let line = (lines(console) + ofDomain).first(where: isWantOfMemory) { return .memory(line) }
    if let line = ofDomain.first(where: isTripleFault) { return .machine(line) }
    let last = lines(console).last.map { ", its last line: \($0)" } ?? ", without a word"
    return .machine("domain \(domid) ended or rebooted though nobody asked\(last)")
  }

  static func isTripleFault(_ line: String) -> Bool { line.contains("Triple fault") }

  private static func isWantOfMemory(_ line: String) -> Bool {
    let line = line.lowercased()
    return wantOfMemory.contains { line.contains($0) }
  }

  /// Xen names a virtual processor `d3v0`, and a domain `d3` or `Dom3`.
  private static func isAbout(_ domid: Int, _ line: String) -> Bool {
    line.lowercased().split { !$0.isLetter && !$0.isNumber }.contains {
      $0 == "d\(domid)" || $0 == "dom\(domid)" || $0.hasPrefix("d\(domid)v")
    }
  }

  private static func lines(_ text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).map(String.init)
  }
}
