/// How fast a guest reads back what it swapped to its own memory, compressed: no disk is waited for.
public struct CompressedSwap: Hashable, Sendable {
  /// Bytes a second from zram devices, which the swap-in rate counts, too.
  public var zram: Bytes
  /// Bytes a second from zswap, which the swap-in rate does not count.
  public var zswap: Bytes

  public init(zram: Bytes = .zero, zswap: Bytes = .zero) { (self.zram, self.zswap) = (zram, zswap) }

  /// A page takes microseconds to decompress, and some hundred to be read from a fast disk: as many
  /// bytes of it count as one byte of a disk's.
  static let discount: Int64 = 64

  /// What a disk would have to read for programs to wait as long, of a swap-in rate.
  static func asDisk(_ swapIn: Bytes?, _ compressed: CompressedSwap?) -> Bytes? {
    guard let swapIn, let compressed else { return swapIn }
    return max(.zero, swapIn - compressed.zram) + (compressed.zram + compressed.zswap) / discount
  }
}

extension DomainSample.Findings {
  /// The swap-in rate by which the guest is judged: what comes from compressed memory counts little.
  var diskSwapIn: Bytes? { CompressedSwap.asDisk(swapInRate, compressedIn) }
}

extension DomainSample {
  /// The same of a sample.
  var diskSwapIn: Bytes? { CompressedSwap.asDisk(self.swapInRate, self.compressedIn) }
}
