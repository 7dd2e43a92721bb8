/// Writes how domains stand with the regulator to where every memtop on the host reads it. A call
/// may block for as long as the host does.
public protocol RegulationWriter: AnyObject, Sendable {
  /// Writes what holds for a domain, or with nil removes it. Nothing is written for a domain that is
  /// gone or was replaced.
  func publish(_ domain: DomainID, _ regulation: Regulation?) throws(SourceError)
  /// Gives a sign of life of the regulator, or with nil takes it away.
  func beat(_ beat: RegulatorBeat?) throws(SourceError)
}
