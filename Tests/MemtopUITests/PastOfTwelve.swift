@testable import MemtopCore
@testable import TestSupport

extension Samples {
  /// Ten minutes in which the twelve came to be as they are: db2 filled up, build gave memory back.
  static func past(of domains: [DomainSample] = twelve) -> History {
    let history = History()
    for second in stride(from: Int64(-600), through: 0, by: 2) {
      let then = domains.map { early($0, second) }
      let now = events.filter {
        start + .seconds(second - 2) < $0.time && $0.time <= start + .seconds(second)
      }
      history.append(host(then, after: .seconds(second), events: now))
    }
    return history
  }

  private static func early(_ sample: DomainSample, _ second: Int64) -> DomainSample {
    guard let busy = sample.busy, let available = sample.available else { return sample }
    var then = sample
    let wave = Bytes.mib((second.magnitude * UInt64(sample.id.domid + 3) / 20 % 9).signed * 8)
    then.available = available + wave
    then.busy = busy - wave
    if sample.name == "db2" {
      let before = Bytes.mib(-second * 6)
      then.busy = max(.gib(3), busy - before)
      then.available = sample.allocation - then.busy!
      then.swapInRate = second < -90 ? .zero : .kib(1229 + second * 13)
      then.pressure =
        second < -300 ? .ok : second < -120 ? .tight : second < -60 ? .short : .thrashing
      then.target = second < -13 ? .gib(8) : .gib(9)
    }
    return then
  }
}

extension UInt64 {
  fileprivate var signed: Int64 { Int64(self) }
}
