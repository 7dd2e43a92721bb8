/// How an amount is shared out: what several must give together, or may have together.
enum Sharing {
  /// `amount`, or all there is, in proportion to the room of each: in whole units rounded up, none above
  /// its room, and together no less than `amount` where there is room for it.
  static func proportional(
    _ amount: Bytes, among rooms: [Bytes], unit: Bytes = Bytes(1)
  ) -> [Bytes] {
    var roomLeft = rooms.reduce(.zero, +)
    var left = min(amount, roomLeft)
    return rooms.map { room in
      guard room > .zero, left > .zero else { return .zero }
      let share = left.scaled(room.count, over: roomLeft.count)
      let part = min((share + unit - Bytes(1)).rounded(downTo: unit), room)
      left -= min(left, part)
      roomLeft -= room
      return part
    }
  }

  /// Shares of `amount` by weight × wish, none above its wish: what one leaves is for the others.
  static func weighted(_ amount: Bytes, _ wishes: [Bytes], _ weights: [Double]) -> [Bytes] {
    var shares = wishes.map { _ in Bytes.zero }
    var open = wishes.indices.filter { wishes[$0] > .zero }
    var left = amount
    while left > .zero, !open.isEmpty {
      let all = open.reduce(0.0) { $0 + weights[$1] * Double(wishes[$1].count) }
      guard all > 0 else { break }
      let rate = Double(left.count) / all
      let full = open.filter { rate * weights[$0] >= 1 }
      guard !full.isEmpty else {
        for index in open {
          shares[index] = Bytes(
            Int64(clamping: Double(wishes[index].count) * weights[index] * rate))
        }
        break
      }
      for index in full {
        shares[index] = wishes[index]
        left -= wishes[index]
      }
      open.removeAll { rate * weights[$0] >= 1 }
    }
    return shares
  }
}
