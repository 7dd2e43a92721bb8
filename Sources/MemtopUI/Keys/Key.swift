import MemtopCore

/// A key as the operator pressed it, whatever bytes the terminal sent for it.
public enum Key: Hashable, Sendable {
  /// A printable character; Space is one of them.
  case character(Character)
  /// Ctrl with a letter (upper case) or one of `\ ] ^ _`: ^C is `.control("C")`.
  /// ^H, ^I, ^J and ^M never appear here: they are `backspace`, `tab` and `enter`.
  case control(Character)
  case up, down, left, right
  case pageUp, pageDown, home, end, insert, delete
  case tab, enter, escape, backspace
  /// F1 to F24.
  case f(Int)
  /// Text from the clipboard: one line without control characters, and never a command.
  case pasted(String)
}
