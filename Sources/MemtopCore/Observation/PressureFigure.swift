/// The figure that a word of pressure rests on, in words: the best that the guest reports.
enum PressureFigure {
  static func text(_ sample: DomainSample.Findings) -> String? {
    // Below what makes it tight, PSI is not what decided.
    if let some = sample.report?.psiSome, some >= 200 || (sample.report?.psiFull ?? 0) >= 50 {
      let full = sample.report?.psiFull.map { ", full \(share($0))" } ?? ""
      return "PSI some \(share(some))\(full)"
    }
    if let disk = sample.diskSwapIn, disk >= .kib(16) { return text(of: sample, disk: disk) }
    return sample.available.map { "\($0.short) of \(sample.allocation.short) available" }
  }

  private static func text(of sample: DomainSample.Findings, disk: Bytes) -> String {
    guard let compressed = sample.compressedIn else { return "swap-in \(disk.shortRate)/s" }
    let memory = compressed.zram + compressed.zswap
    return "swap-in \((disk - memory / CompressedSwap.discount).shortRate)/s from disk, "
      + "\(memory.shortRate)/s from compressed memory"
  }

  private static func share(_ hundredths: Int) -> String { "\(hundredths / 100)%" }
}
