import MemtopCore

/// A family of metrics, as OpenMetrics 1.0 calls it: a field, under the name by which Prometheus knows it.
struct MetricFamily {
  enum Kind {
    /// Numbers as they are: bytes, bytes a second, counts.
    case whole
    /// Hundredths of a percent, as a share of one.
    case ratio
    /// Whole seconds since an instant of the recording's axis.
    case age
    /// One of these words: a line for each, 1 for the one and 0 for the others.
    case words([String])
    /// Always 1: what it tells stands in the labels.
    case info
  }

  let name: String
  let unit: String
  let help: String
  let kind: Kind

  private var type: String {
    switch kind {
    case .whole, .ratio, .age: "gauge"
    case .words: "stateset"
    case .info: "info"
    }
  }

  func appendHead(to output: inout TextWriter) {
    output.append("# TYPE \(name) \(type)\n")
    if !unit.isEmpty { output.append("# UNIT \(name) \(unit)\n") }
    output.append("# HELP \(name) \(Self.escaped(help))\n")
  }

  /// - Parameter labels: `host="xen1",…`, values escaped.
  func appendPoint(
    _ value: Int64, labels: String, at time: SampleTime, to output: inout TextWriter
  ) {
    guard case .words(let words) = kind else {
      output.append(name)
      if case .info = kind { output.append("_info") }
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
    case .whole, .info, .words: output.appendDecimal(value)
    case .ratio: output.appendDecimal(value, decimals: 4)
    case .age: output.appendDecimal(max(0, (time.milliseconds - value) / 1000))
    }
  }

  private func appendTime(_ time: WallTime, to output: inout TextWriter) {
    output.append(UInt8(ascii: " "))
    output.appendDecimal(time.milliseconds, decimals: 3)
    output.append(UInt8(ascii: "\n"))
  }

  /// A label's value or a help text.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "\"":
        result.unicodeScalars.append("\\")
        result.unicodeScalars.append(scalar)
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
