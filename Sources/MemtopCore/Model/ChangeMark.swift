/// `memory/memtop-set`: "KIB AUTHOR DEADLINE REASON", where KIB is `memory/target` as it will be; the last
/// two may be missing.
struct ChangeMark: Hashable {
  /// Without videoram, as in the key it announces.
  let target: Bytes
  let author: String
  let why: String?
  /// As stored, so that a mark is known again.
  let bytes: [UInt8]
}
