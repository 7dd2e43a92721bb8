import Foundation
import MemtopCore
import Testing

@testable import MemtopRecording

@Suite(.timeLimit(.minutes(30))) struct EventKindTests {
  @Test("a recording that an earlier memtop began learns the words of new kinds of events")
  func learned() throws {
    let scratch = Scratch(fast: true)
    let path = scratch.file("old.memtop")
    let living = Living()
    func record(_ count: Int) throws {
      let writer = try RecordingWriter(
        path, RecordingOptions(program: "test", user: "test"), now: WallTime(milliseconds: 0))
      for snapshot in living.next(count) { _ = try writer.append(snapshot) }
      try writer.close()
    }
    try record(3)
    let old = try Database(path, .readWrite)
    try old.run("DELETE FROM event_kind WHERE kind > 13")
    try record(3)
    let words = try Database(path, .readOnly).text(
      "SELECT group_concat(word) FROM event_kind WHERE kind > 13")
    #expect(words?.hasPrefix("regulated,released,regulator,pressure over,tight") == true)
  }

  @Test("every kind of event is written and read as it was")
  func roundTrip() {
    let kinds: [HostEvent.Kind] = [
      .regulated(by: "alice"), .released("bob set its target to 3.00G"), .regulator(.started),
      .regulator(.ended), .regulator(.silent), .regulator(.back),
      .targetChanged(from: .gib(1), to: .gib(2), by: .regulator, why: "busy 1.50G + 384M"),
      .pressure(PressureTurn(from: .short, to: .thrashing, after: .seconds(34), figure: "x")),
      .pressure(PressureTurn(from: .thrashing, to: nil)),
      .pressure(PressureTurn(from: nil, to: .ok)),
      .reportSilent, .reportBack(after: nil), .reportBack(after: .minutes(3)),
      .stuckEnded(after: .seconds(41)), .hostShort(free: .mib(100), reserve: .gib(1)),
      .hostEnough(free: .gib(2), after: .seconds(1)), .leftOut(14),
      .renamed(from: "web\\x1b"), .paused, .unpaused(after: .seconds(90)), .unpaused(after: nil),
      .hostLost("Connection refused"), .hostBack(after: .seconds(56)), .hostBack(after: nil),
    ]
    for kind in kinds {
      let row = EventRow(kind, recorder: "alice")
      #expect(row.kind == kind)
      #expect(row.code.word == kind.word)
    }
  }
  @Test("a change of the operator's who records reads as theirs, whoever reads it")
  func author() {
    func read(_ author: ChangeAuthor, recorder: String) -> HostEvent.Kind {
      EventRow(.targetChanged(from: .gib(1), to: .gib(2), by: author), recorder: recorder).kind
    }
    func change(by author: ChangeAuthor) -> HostEvent.Kind {
      .targetChanged(from: .gib(1), to: .gib(2), by: author)
    }
    #expect(read(.you, recorder: "alice") == change(by: .operatorNamed("alice")))
    #expect(read(.operatorNamed("bob"), recorder: "alice") == change(by: .operatorNamed("bob")))
    #expect(read(.you, recorder: "") == change(by: .you))
    let own = EventRow(change(by: .operatorNamed("alice")), recorder: "alice")
    #expect(own.author == 1)
  }
}
