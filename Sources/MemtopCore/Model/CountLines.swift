/// Counts as text: a line that says whose they are, then a count a line, such as "moved lacks 3".
struct CountLines {
  struct Line {
    let what: String
    let name: String
    /// Never negative.
    let number: Int64

    init(_ what: String, _ name: String, _ number: Int64) {
      (self.what, self.name, self.number) = (what, name, number)
    }
  }

  let head: String
  let lines: [Line]

  init(head: String, _ lines: [Line]) { (self.head, self.lines) = (head, lines) }

  var bytes: [UInt8] {
    let text = [head] + lines.map { "\($0.what) \($0.name) \($0.number)" }
    return Array((text.joined(separator: "\n") + "\n").utf8)
  }

  /// nil where the first line is another, or a line holds no count.
  init?(_ bytes: [UInt8], head: String) {
    let text = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard text.first == head[...] else { return nil }
    var lines: [Line] = []
    for line in text.dropFirst() {
      let words = line.split(separator: " ")
      guard words.count == 3, let number = Int64(words[2]), number >= 0 else { return nil }
      lines.append(Line(String(words[0]), String(words[1]), number))
    }
    self.init(head: head, lines)
  }
}
