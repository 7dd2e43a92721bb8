import MemtopCore

/// A family's values with their times, as a recording has them.
extension MetricFamily {
  /// - Parameter labels: `host="xen1",…`, values escaped.
  func appendPoint(
    _ value: Int64, labels: String, at time: SampleTime, to output: inout TextWriter
  ) {
    guard case .words(let words) = kind else {
      output.append(sampleName)
      appendLabels(labels, to: &output)
      appendValue(value, at: time.at, to: &output)
      return appendTime(time.wall, to: &output)
    }
    for (index, word) in words.enumerated() {
      output.append(name)
      appendLabels("\(labels),\(name)=\"\(word)\"", to: &output)
      output.append(UInt8(ascii: value == index ? "1" : "0"))
      appendTime(time.wall, to: &output)
    }
  }

  private func appendLabels(_ labels: String, to output: inout TextWriter) {
    output.append(UInt8(ascii: "{"))
    output.append(labels)
    output.append("} ")
  }

  private func appendValue(_ value: Int64, at time: SteadyTime, to output: inout TextWriter) {
    switch kind {
    case .whole, .total, .info, .words: output.appendDecimal(value)
    case .ratio: output.appendDecimal(value, decimals: 4)
    case .age: output.appendDecimal(max(0, (time.milliseconds - value) / 1000))
    }
  }

  private func appendTime(_ time: WallTime, to output: inout TextWriter) {
    output.append(UInt8(ascii: " "))
    output.appendDecimal(time.milliseconds, decimals: 3)
    output.append(UInt8(ascii: "\n"))
  }
}

extension DomainMetric {
  /// The value at `time` as a `Series` keeps it; nil where there is none.
  func value(_ sample: DomainSample, at time: SteadyTime) -> Int64? {
    guard let field else { return 1 }
    switch field.value(sample) {
    case .bytes(let amount), .rate(let amount): return amount.count
    case .percent(let hundredths): return Int64(hundredths)
    case .count(let number): return number
    case .seconds: return sample.reportAge.map { time.milliseconds - $0.milliseconds }
    case .text(let word):
      guard case .words(let words) = family.kind else { return nil }
      return words.firstIndex(of: word).map(Int64.init)
    case .unreported, .absent: return nil
    }
  }

  /// The labels of the domain's metric.
  func labels(_ sample: DomainSample, host: String) -> String {
    String { text in
      if field == nil { return Self.appendWhole(of: sample, host: host, to: &text) }
      Self.appendIdentity(of: sample, host: host, to: &text)
      Self.appendDomid(of: sample, to: &text)
    }
  }
}
