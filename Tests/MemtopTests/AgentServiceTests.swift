import Foundation
import Testing

/// The init script, with a FAKE agent.
@Suite("the agent's init script", .timeLimit(.minutes(30)))
struct AgentServiceTests {
  /// `$init` calls the script for an agent that ends at once with `OPTIONS=--bogus`.
  private func said(_ script: String) throws -> String {
    let directory = try TextfileDirectory()
    let source =
      URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path + "/agent/memtop-agent.init"
    let run = try Program.shell(
      """
      exec 2>&1; cd "$1"
      sed "s|@SBIN@|$1|; s|/run/memtop-agent.pid|$1/pid|; s|^OPTIONS=.*|OPTIONS=\\$FAKE|" "$2" > init
      printf '#!/bin/sh\\n[ "$3" != --bogus ] || exit 64\\nwhile :; do sleep 1; done\\n' > memtop-agent
      chmod +x memtop-agent
      export FAKE=; init="sh init"
      \(script)
      """, [directory.path, source])
    return run.output
  }

  @Test("start, status and stop say how it stands")
  func stands() throws {
    let said = try said(
      "$init status; echo $?; $init start; echo $?; $init status; $init stop; $init status")
    #expect(
      said == """
        memtop-agent is not running
        3
        0
        memtop-agent is running
        memtop-agent is not running

        """)
  }

  @Test("a start fails where the agent ends at once")
  func failsToStart() throws {
    let said = try said("FAKE=--bogus $init start; echo $?; ls pid")
    #expect(said.hasPrefix("memtop-agent ended at once; dmesg says why\n1\nls: "), "\(said)")
  }
}
