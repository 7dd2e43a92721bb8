import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// What is typed or pasted where a size, a time or a filter is wanted.
@Suite("hostile expressions", .timeLimit(.minutes(30))) struct HostileExpressionTests {
  private static let signs = ["", "+", "-", "max-", "busy+", ">", "name:", "busy>", "-5", "14:"]
  private static let ends = ["", "G", "%", "m", ":30", " "]

  private static func each(_ body: (String) -> Void) {
    for value in HostileCorpus.texts + HostileCorpus.finds {
      for sign in signs { body(sign + value.text) }
    }
    for value in HostileCorpus.numbers {
      for sign in signs { for end in ends { body(sign + value.text + end) } }
    }
  }

  @Test("a size is refused in one harmless line, or stays within bounds")
  func sizes() {
    let sample = Samples.domain(1, "web1", busy: .mib(500))
    Self.each { text in
      do throws(SizeError) {
        let size = try SizeExpression(parsing: text).resolve(for: sample)
        #expect(size > .zero && size <= .kib(1 << 42), "\(text)")
      } catch {
        #expect(HarmlessText.offence(in: error.description) == nil, "\(text.debugDescription)")
        #expect(error.description.unicodeScalars.count < 200)
      }
    }
  }

  @Test("digits of other scripts, fractions of nothing and hexadecimal numbers are no sizes")
  func noSizes() {
    for value in HostileCorpus.numbers where !["1.5", "5.", "1K", "+1"].contains(value.text) {
      #expect(throws: SizeError.self, "\(value)") {
        try SizeExpression.amount(parsing: value.text + "G")
      }
    }
  }

  @Test("a time is refused in one harmless line, or taken")
  func times() {
    Self.each { text in
      _ = Span(typed: text)
      do throws(TypedTime.Problem) {
        _ = try TypedTime(parsing: text)
      } catch {
        #expect(HarmlessText.offence(in: error.description) == nil, "\(text.debugDescription)")
      }
    }
  }

  /// What is typed stands in the prompt, too.
  @Test("a filter matches or says what is wrong, and the prompt has nothing that is obeyed")
  func filters() {
    let samples = Samples.twelve.suffix(3)
    Self.each { text in
      guard let filter = try? Filter(text) else { return }
      for sample in samples { _ = filter.shows(sample) }
    }
    for value in HostileCorpus.texts {
      var board = Dashboard(rows: 8)
      board.press("/")
      board.enter(value.text.prefix(100) + ">")
      board.press("Enter")
      let frame = board.frame()
      for line in frame.split(separator: "\n") {
        let bad = line.unicodeScalars.first {
          TextWidth.isControl($0) || TextWidth.columns(of: $0) == 0
        }
        #expect(bad == nil, "\(value): \(line.debugDescription)")
      }
    }
  }
}
