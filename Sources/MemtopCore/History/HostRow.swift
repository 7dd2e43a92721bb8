/// `HostMemory` as a row of whole numbers, and back.
extension HostMemory {
  /// `text` is the index of a host with the same names.
  func row(text: Int) -> [Int64] {
    [
      Int64(text), total.count, dom0.count, guests.count, dying.count, xen.count, free.count,
      overhead?.count ?? Track.missing, claimed.count, promised.count,
    ]
  }

  init(row: [Int64], texts: [HostMemory]) {
    self = texts[Int(row[0])]
    nodes = []
    total = Bytes(row[1])
    dom0 = Bytes(row[2])
    guests = Bytes(row[3])
    dying = Bytes(row[4])
    xen = Bytes(row[5])
    free = Bytes(row[6])
    overhead = row[7] == Track.missing ? nil : Bytes(row[7])
    claimed = Bytes(row[8])
    promised = Bytes(row[9])
  }

  /// Whether all that is not a number is the same.
  func sameText(as other: HostMemory) -> Bool {
    hostname == other.hostname && xenVersion == other.xenVersion && owner == other.owner
  }
}
