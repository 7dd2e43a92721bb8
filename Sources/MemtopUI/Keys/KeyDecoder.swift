import MemtopCore

/// Makes keys of the bytes that a terminal sends, whichever terminal it is.
///
/// `[`, `O`, `~` and most letters are commands of ours and also parts of the sequences that arrows
/// and function keys send, so the decoder's first duty is that no part of a sequence ever arrives as
/// a character, not even when a slow line delivers it in pieces:
///
/// - After ESC, a whole sequence is decoded or swallowed, with pauses of up to 2 s in it.
/// - ESC alone is `escape` after 400 ms. Should a sequence's rest follow within 2 s, then it was torn behind
///   its ESC, and all of it is swallowed.
/// - `[`, `O`, `]`, `P`, `X`, `^` and `_` introduce sequences. One that comes 30 ms after ESC or later, with
///   nothing behind it for another 30 ms, was pressed by hand: no line tears a sequence on both its sides.
/// - Alt with a key (ESC, and with it anything else) is no key; a key that follows by itself, 30 ms
///   later or more, was pressed after Esc, and both count.
/// - A bracketed paste is one key, `pasted`, whatever is in it. If its end got lost, it is discarded
///   up to 3 s of silence; so it is if its beginning was torn. Control strings (replies to what another
///   program asked) are discarded up to their end, or up to 2 s of silence.
///
/// ^C always gets through, except in a paste.
///
/// It has no clock: the caller reads what there is, feeds it, and calls `timeout` when `deadline`
/// has passed *and* nothing is left to read. Only this ends a wait, never the time at which a byte was read:
/// so a program that was late tears nothing apart.
package struct KeyDecoder: Sendable {
  enum State {
    case ground
    /// ESC was seen, this many times in a row.
    case escape(Int)
    /// And nothing came right behind it: what comes now may have been pressed by hand.
    case slowEscape(Int)
    /// `escape` was delivered, and a torn sequence may still follow.
    case afterEscape
    /// What may introduce a sequence, or was pressed so soon after ESC: the next byte tells. So many `escape`
    /// are to be delivered before it.
    case held(UInt8, escapes: Int)
    /// The rest of a character that was typed with Alt.
    case altCharacter
    case csi, ss3
    /// `CSI [`: the next byte ends it.
    case linuxFunction
    /// The bytes that are left of an X10 mouse report.
    case mouse(Int)
    /// An OSC, DCS, SOS, PM or APC string.
    case string(StringKind)
    /// ESC within such a string: its end, or another sequence.
    case stringEscape
    /// A paste, and how many bytes of its end have been seen.
    case paste(Int)
  }

  struct StringKind {
    /// OSC ends with BEL as well.
    var endsAtBell: Bool
    /// Begun by an 8-bit introducer, so an 8-bit ST ends it; elsewhere that byte is part of UTF-8.
    var isEightBit: Bool
  }

  var state = State.ground
  var parameters: [UInt8] = []
  /// Whether the sequence at hand is torn, so that its key is not delivered.
  var isTorn = false
  var utf8 = UTF8Collector()
  var pasted = PastedLine()
  var keys: [Key] = []
  private var lastByte = SteadyTime(milliseconds: 0)
  /// No terminal sends what belongs to one key so slowly, but for a torn sequence.
  private static let handGap = Span(milliseconds: 30)

  package init() {}

  /// When to call `timeout`; nil while nothing is pending.
  package var deadline: SteadyTime? {
    switch state {
    case .ground: nil
    case .escape, .held: lastByte + Self.handGap
    case .slowEscape: lastByte + Span(milliseconds: 400)
    case .paste: lastByte + Span.seconds(3)
    case .afterEscape, .altCharacter, .csi, .ss3, .linuxFunction, .mouse, .string, .stringEscape:
      lastByte + Span.seconds(2)
    }
  }

  /// The keys that are complete with `bytes`, which were read at `now`.
  package mutating func feed(_ bytes: some Sequence<UInt8>, at now: SteadyTime) -> [Key] {
    keys.removeAll(keepingCapacity: true)
    for byte in bytes { take(byte) }
    lastByte = now
    return keys
  }

  /// Gives up waiting, if `deadline` has passed: the keys that come of it.
  package mutating func timeout(at now: SteadyTime) -> [Key] {
    guard let deadline, deadline <= now else { return [] }
    switch state {
    case .escape(let count):
      state = .slowEscape(count)
      return []
    case .slowEscape(let count):
      state = .afterEscape
      return Array(repeating: .escape, count: count)
    case .held(let byte, let escapes):
      keys.removeAll(keepingCapacity: true)
      letGo(byte, escapes)
      return keys
    case .ground, .afterEscape, .altCharacter, .csi, .ss3, .linuxFunction, .mouse, .string,
      .stringEscape, .paste:
      state = .ground
      return []
    }
  }
}

/// Collects the bytes of one character of UTF-8 at a time.
struct UTF8Collector: Sendable {
  enum Result: Equatable {
    /// No character is complete.
    case nothing
    case scalar(Unicode.Scalar)
    /// The byte begins no character; what was collected before it is dropped.
    case stray
  }

  private var value: UInt32 = 0
  private var left = 0
  private var smallest: UInt32 = 0

  /// Whether a character has begun and is not complete.
  var isInside: Bool { left > 0 }

  mutating func take(_ byte: UInt8) -> Result {
    if left > 0, byte & 0xC0 == 0x80 { return next(byte) }
    left = 0
    switch byte {
    case 0x00...0x7F: return .scalar(Unicode.Scalar(byte))
    case 0xC2...0xDF: return begin(byte & 0x1F, left: 1, smallest: 0x80)
    case 0xE0...0xEF: return begin(byte & 0x0F, left: 2, smallest: 0x800)
    case 0xF0...0xF4: return begin(byte & 0x07, left: 3, smallest: 0x1_0000)
    default: return .stray
    }
  }

  private mutating func begin(_ bits: UInt8, left: Int, smallest: UInt32) -> Result {
    (value, self.left, self.smallest) = (UInt32(bits), left, smallest)
    return .nothing
  }

  private mutating func next(_ byte: UInt8) -> Result {
    value = value << 6 | UInt32(byte & 0x3F)
    left -= 1
    guard left == 0 else { return .nothing }
    // Overlong forms and surrogates stand for nothing.
    guard value >= smallest, let scalar = Unicode.Scalar(value) else { return .nothing }
    return .scalar(scalar)
  }
}
