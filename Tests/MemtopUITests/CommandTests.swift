import Testing

@testable import MemtopCore
@testable import MemtopUI

@Suite(.timeLimit(.minutes(30))) struct CommandTests {
  @Test("a key means one thing in each mode", arguments: Mode.allCases)
  func unique(mode: Mode) {
    var owners: [String: Command.ID] = [:]
    for command in Command.table where command.modes.contains(mode) {
      for key in command.keys {
        #expect(owners[key] == nil, "\(key) is \(owners[key]!) and \(command.id) in \(mode)")
        owners[key] = command.id
      }
    }
  }

  @Test("every command has its place in the table, once")
  func complete() {
    #expect(Set(Command.table.map(\.id)) == Set(Command.ID.allCases))
    #expect(Command.table.count == Command.ID.allCases.count)
  }

  @Test("in a key bar every command has a rank of its own, and its key means it there")
  func bars() {
    for bar in KeyBar.allCases {
      let ranks = Command.table.compactMap { command in
        command.bar.first { $0.key == bar }?.value
      }
      #expect(!ranks.isEmpty && Set(ranks).count == ranks.count, "\(bar)")
      #expect(bar.commands.count == ranks.count)
    }
    for isReplay in [false, true] {
      for mode in Mode.allCases {
        for command in KeyBar(mode, isReplay: isReplay)?.commands ?? [] {
          #expect(command.modes.contains(mode), "\(command.id) in \(mode)")
        }
      }
    }
  }

  @Test("no key changes the host where nothing may be changed", arguments: Mode.allCases)
  func readOnly(mode: Mode) {
    for command in Command.table {
      for key in command.keys {
        let found = Command.named(by: key, in: mode, ScreenSettings(isReadOnly: true))
        #expect(found?.changesHost != true, "\(key)")
      }
    }
  }

  @Test("in a recording no key wants a host", arguments: Mode.allCases)
  func replay(mode: Mode) {
    let settings = ScreenSettings(source: .recording(name: "a", follows: false))
    for command in Command.table {
      for key in command.keys {
        let found = Command.named(by: key, in: mode, settings)
        #expect(found?.changesHost != true && found?.wantsHost != true, "\(key)")
      }
    }
    #expect(Command.named(by: "r", in: .list, settings) == nil)
    #expect(Command.named(by: "r", in: .list, ScreenSettings(isReadOnly: true)) != nil)
  }

  @Test("^C quits everywhere", arguments: Mode.allCases)
  func quits(mode: Mode) {
    #expect(Command.named(by: "^C", in: mode, ScreenSettings())?.id == .quit)
  }
}
