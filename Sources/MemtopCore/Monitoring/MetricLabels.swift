/// The labels of many lines, `name="value",…`, in one piece of memory.
struct MetricLabels: ~Copyable {
  private var text = TextWriter(capacity: 1 << 12)
  private var ends: [Int] = []

  /// One more, which `write` writes.
  mutating func append(_ write: (inout TextWriter) -> Void) {
    write(&text)
    ends.append(text.count)
  }

  /// Those of that place, from 0 on; good until more are added.
  subscript(place: Int) -> UnsafeBufferPointer<UInt8> {
    text.bytes((place == 0 ? 0 : ends[place - 1])..<ends[place])
  }
}
