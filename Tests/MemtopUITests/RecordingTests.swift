import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct RecordingTests {
  private static let file = "memtop-xen1-20260101-140211.memtop"

  @Test("r records, also where nothing may be changed; the title says for how long")
  func records() {
    var board = Dashboard(columns: 120, readOnly: true)
    board.press("r")
    #expect(board.effects == [.toggleRecording])
    board.send(.recording(.on(file: Self.file, since: Samples.steady)))
    #expect(board.frame().contains("Recording to \(Self.file)"))
    board.send(.tick(Samples.steady + .seconds(751)))
    #expect(board.frame().contains("● rec 00:12:31"))
    #expect(board.frame(ascii: true).contains("* rec 00:12:31"))
    board.send(.recording(.off))
    #expect(!board.frame().contains("● rec"))
    #expect(board.frame().contains("Recorded 00:12:31 to \(Self.file)"))
  }

  @Test("samples that cannot be written are told, and when they can be again")
  func skips() {
    var board = Dashboard(columns: 120)
    board.send(.recording(.on(file: Self.file, since: Samples.steady)))
    board.send(.recording(.on(file: Self.file, since: Samples.steady, trouble: "it is locked")))
    #expect(board.frame().contains("rec not written"))
    #expect(board.frame().contains("Not recorded: it is locked"))
    board.send(.recording(.on(file: Self.file, since: Samples.steady)))
    #expect(board.frame().contains("● rec 00:00:00"))
    #expect(board.frame().contains("Recording resumed"))
  }

  @Test("what is still being written is told, and r waits for it")
  func ends() {
    var board = Dashboard(columns: 120)
    board.send(.recording(.on(file: Self.file, since: Samples.steady)))
    board.send(.recording(.ending(file: Self.file, since: Samples.steady)))
    #expect(board.frame().contains("rec finishing"))
    board.press("r")
    #expect(board.effects.isEmpty)
    #expect(board.state.message?.text == "\(Self.file) is still being written")
    board.send(.recording(.off))
    #expect(board.state.message?.text == "Recorded 00:00:00 to \(Self.file)")
    #expect(!board.frame().contains("rec finishing"))
  }

  @Test("that recording stopped by itself stays on the screen until it is put away")
  func stops() {
    var board = Dashboard()
    board.send(.recording(.on(file: Self.file, since: Samples.steady)))
    board.send(.recording(.stopped(why: "no space left on the device")))
    board.send(.tick(Samples.steady + .minutes(60)))
    board.press("Down")
    #expect(board.frame().contains("Recording stopped: no space left on the device"))
    board.press("Esc")
    #expect(!board.frame().contains("no space left"))
    #expect(board.frame().contains("rec stopped"))
  }

  @Test("why recording stopped is seen on a narrow screen, whatever its file is called")
  func stopsWithPath() {
    var board = Dashboard()
    let path = "/var/lib/memtop/" + String(repeating: "long/", count: 20) + "host.memtop"
    board.send(.recording(.stopped(why: "\(path): the disk is full")))
    #expect(board.frame().contains("Recording stopped: the disk is full. Esc dismisses this"))
  }

  @Test("what lies over the list is left by the first Esc, although recording has stopped")
  func stopsBelow() {
    for key in ["m", "e", "Enter", "?"] {
      var board = Dashboard()
      board.press("Down")
      board.send(.recording(.stopped(why: "no space left on the device")))
      board.press(key)
      #expect(!board.state.pages.layers.isEmpty, "\(key)")
      board.press("Esc")
      #expect(board.state.pages.layers.isEmpty, "\(key)")
      board.press("Esc")
      #expect(board.state.message == nil)
    }
  }

  @Test("m notes something of the host, and on a page of its domain")
  func notes() {
    var board = Dashboard()
    board.press("m")
    board.type("grew db2 before the backup")
    board.press("Enter")
    #expect(board.effects == [.note(text: "grew db2 before the backup", domain: nil)])
    #expect(board.state.message?.text == "Noted for this run only; r starts a recording")
    board.press("Enter", "m")
    #expect(board.frame().contains("Note on db2"))
    board.type(" it leaks ")
    board.send(.recording(.on(file: Self.file, since: Samples.steady)))
    board.press("Enter")
    #expect(board.effects == [.note(text: "it leaks", domain: Samples.id(7), name: "db2")])
    #expect(board.state.message?.text == "Noted")
  }

  @Test("an empty note is none")
  func emptyNote() {
    var board = Dashboard()
    board.press("m", "Enter")
    #expect(board.effects.isEmpty && board.state.pages.layers.isEmpty)
  }

  @Test("a note is told with who wrote it")
  func told() {
    let note = HostEvent(
      time: Samples.start, domain: HostEvent.host, name: "xen1",
      kind: .note("backup begins", by: "alice"))
    let history = History()
    history.append(Samples.host(events: [note]))
    #expect(
      Dashboard(history: history).frame().contains("14:02:11 xen1 note: backup begins (alice)"))
  }
}
