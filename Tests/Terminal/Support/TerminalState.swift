/// How a terminal behaves, beside its picture, as far as it was told to behave otherwise than at its
/// start: nothing of it is seen until something is written or typed.
struct TerminalState: Equatable {
  /// Modes that are not as at the start: `?1049` and `?25` of DEC, `4` of ANSI.
  var modes: [String: Bool] = [:]
  /// Of G0 to G3, by what designates them: "(" to "+".
  var charsets: [Character: String] = [:]
  var isShiftedOut = false
  var hasApplicationKeypad = false
  /// The rows that scroll, where it is not known that all do.
  var region: String?
  var isPlain = true
  var titlesPushed = 0
  var hasChangedPalette = false
  var hasChangedTabs = false

  /// As a shell wants it.
  static let whole = TerminalState()

  /// On xterm, with memtop's screen on it.
  static let inUse = TerminalState(
    modes: ["?1049": true, "?25": false, "?2004": true], titlesPushed: 1)

  init(modes: [String: Bool] = [:], titlesPushed: Int = 0) {
    self.modes = modes
    self.titlesPushed = titlesPushed
  }

  init(after bytes: some Sequence<UInt8>) {
    var parser = ControlParser()
    for sent in parser.take(bytes) { take(sent) }
  }

  mutating func take(_ sent: Sent) {
    switch sent {
    case .character: break
    case .control(0x0E): isShiftedOut = true
    case .control(0x0F): isShiftedOut = false
    case .control: break
    case .escape(let text): takeEscape(text)
    case .sequence(let mark, let parameters, let final): take(mark, parameters, final)
    case .string(let text): hasChangedPalette = hasChangedPalette || Self.isOfPalette(text)
    }
  }

  private mutating func takeEscape(_ text: String) {
    switch (text.first, text.dropFirst()) {
    case ("="?, ""): hasApplicationKeypad = true
    case (">"?, ""): hasApplicationKeypad = false
    case ("H"?, ""): hasChangedTabs = true
    case ("c"?, ""): self = .whole
    case let (set?, name) where "()*+".contains(set):
      charsets[set] = name == "B" ? nil : String(name)
    default: break
    }
  }

  private mutating func take(_ mark: String, _ parameters: String, _ final: String) {
    switch mark + final {
    case "h", "?h", "l", "?l":
      for number in parameters.split(separator: ";") {
        set(mark + number, final == "h")
      }
    case "r": region = parameters.isEmpty ? nil : parameters
    case "m": render(parameters)
    case "t": push(parameters)
    case "g": hasChangedTabs = true
    default: break
    }
  }

  /// What nobody can know how it was before is not as before, however it is set.
  private mutating func set(_ mode: String, _ isOn: Bool) {
    let isUnknown = ["?12", "34"].contains(mode)
    let wasOn = ["?7", "?25"].contains(mode)
    modes[mode] = isOn == wasOn && !isUnknown ? nil : isOn
  }

  private mutating func render(_ parameters: String) {
    if ["", "0", "0;10"].contains(parameters) {
      isPlain = true
    } else if parameters != "39;49" {
      isPlain = false
    }
  }

  private mutating func push(_ parameters: String) {
    if parameters.hasPrefix("22") { titlesPushed += 1 }
    if parameters.hasPrefix("23") { titlesPushed -= 1 }
  }

  private static func isOfPalette(_ string: String) -> Bool {
    ["4;", "104", "10;", "11;", "110", "111", "R", "P"].contains { string.hasPrefix($0) }
  }
}
