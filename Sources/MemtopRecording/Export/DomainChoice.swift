import MemtopCore

/// A domain as an operator names it: all its rows are meant, at whatever time.
public enum DomainChoice: Hashable, Sendable {
  /// Whoever has this domid.
  case domid(UInt16)
  /// All its lives.
  case uuid(DomainUUID)
  /// Whoever is called so.
  case name(String)
  /// The same of one of several hosts.
  indirect case on(host: String, DomainChoice)

  func holds(_ id: DomainID, name: String) -> Bool {
    switch self {
    case .domid(let domid): id.domid == domid
    case .uuid(let uuid): id.uuid == uuid
    case .name(let wanted): name == wanted
    case .on(let host, let choice): id.host.name == host && choice.holds(id, name: name)
    }
  }

  /// Whom the recording has under this name; nil where it has nobody.
  ///
  /// A number is a domid first, as it is to xl. Of several hosts, "web1 on xen2" is the one on that host.
  ///
  /// - Throws: `.damaged` or `.system`.
  public init?(_ text: String, in file: RecordingFile) throws(RecordingError) {
    do throws(DatabaseError) {
      guard let choice = try Self.found(text, on: nil, file.database) else { return nil }
      self = choice
    } catch {
      throw RecordingError(error, file.path)
    }
  }

  /// - Parameter host: of several, the one on which it must be; nil is any.
  private static func found(_ text: String, on host: String?, _ database: Database)
    throws(DatabaseError) -> DomainChoice?
  {
    func isKnown(_ column: String, _ value: String) throws(DatabaseError) -> Bool {
      let statement = try database.prepare(
        "SELECT 1 FROM identity WHERE \(column) = ?1"
          + (host == nil ? "" : " AND host = ?2") + " LIMIT 1")
      statement.bind(1, value)
      if let host { statement.bind(2, host) }
      return try statement.step()
    }
    let escaped = SafeText.name(Array(text.utf8))
    if text == "dom0", try isKnown("domid", "0") { return .domid(0) }
    if let domid = UInt16(text), try isKnown("domid", String(domid)) { return .domid(domid) }
    if let uuid = DomainUUID(text), try isKnown("uuid", uuid.description) { return .uuid(uuid) }
    if try isKnown("name", text) { return .name(text) }
    if try isKnown("name", escaped) { return .name(escaped) }
    guard host == nil, database.has("host", in: "identity"), let (name, host) = apart(text) else {
      return nil
    }
    return try found(name, on: host, database).map { .on(host: host, $0) }
  }

  /// As `DomainID.named` puts them together; no host's name has a blank.
  private static func apart(_ text: String) -> (name: String, host: String)? {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count > 2, words[words.count - 2] == "on" else { return nil }
    return (words.dropLast(2).joined(separator: " "), String(words[words.count - 1]))
  }
}
