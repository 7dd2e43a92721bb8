import MemtopCore

/// A domain as an operator names it: all its rows are meant, at whatever time.
public enum DomainChoice: Hashable, Sendable {
  /// Whoever has this domid.
  case domid(UInt16)
  /// All its lives.
  case uuid(DomainUUID)
  /// Whoever is called so.
  case name(String)

  func holds(_ id: DomainID, name: String) -> Bool {
    switch self {
    case .domid(let domid): id.domid == domid
    case .uuid(let uuid): id.uuid == uuid
    case .name(let wanted): name == wanted
    }
  }

  /// Whom the recording has under this name; nil where it has nobody.
  ///
  /// A number is a domid first, as it is to xl.
  public init?(_ text: String, in file: RecordingFile) throws(RecordingError) {
    do throws(DatabaseError) {
      let escaped = SafeText.name(Array(text.utf8))
      if text == "dom0", try Self.isKnown("domid", "0", file) {
        self = .domid(0)
      } else if let domid = UInt16(text), try Self.isKnown("domid", String(domid), file) {
        self = .domid(domid)
      } else if let uuid = DomainUUID(text), try Self.isKnown("uuid", uuid.description, file) {
        self = .uuid(uuid)
      } else if try Self.isKnown("name", text, file) {
        self = .name(text)
      } else if try Self.isKnown("name", escaped, file) {
        self = .name(escaped)
      } else {
        return nil
      }
    } catch {
      throw RecordingError(error, file.path)
    }
  }

  private static func isKnown(_ column: String, _ value: String, _ file: RecordingFile)
    throws(DatabaseError) -> Bool
  {
    let statement = try file.database.prepare("SELECT 1 FROM identity WHERE \(column) = ? LIMIT 1")
    statement.bind(1, value)
    return try statement.step()
  }
}
