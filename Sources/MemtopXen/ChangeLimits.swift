import MemtopCore

/// How long each phase of a change may take. Only waiting for somebody else's lock is kept short: a
/// busy host is slow at everything else, and is so exactly when memory must move.
package struct ChangeLimits: Sendable {
  package var starting = Span.seconds(30)
  package var loading = Span.seconds(30)
  package var checking = Span.seconds(20)
  package var locked = Span.seconds(10)
  package var setting = Span.seconds(30)
  /// More than xe is given (`XAPISetter.patience`), which the writer process then ends itself.
  package var asking = Span.seconds(30)
  package var reading = Span.seconds(20)
  /// All of them together.
  package var whole = Span.seconds(45)
  /// To read back what a change left behind whose process was killed, by a new one.
  package var readBack = Span.seconds(15)

  package init() {}

  subscript(phase: ChangePhase) -> Span {
    switch phase {
    case .starting: starting
    case .loading: loading
    case .checking: checking
    case .locked: locked
    case .setting: setting
    case .asking: asking
    case .reading: reading
    }
  }
}
