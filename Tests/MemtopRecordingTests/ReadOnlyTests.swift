import Foundation
import Testing

@testable import MemtopRecording

/// Files and directories that may not be written; root's right to write all the same is given up first.
@Suite("Read-only", .timeLimit(.minutes(30)))
struct ReadOnlyTests {
  let scratch = Scratch()

  /// Runs a script in which `$0` is the probe and `probe` is it without root's rights, in a directory
  /// with a recording `a` of 1 to 50.
  private func run(_ script: String) throws -> Probe? {
    let probe = try Probe(
      script: """
        cd "\(scratch.path)"
        self=$0
        drop=""
        if [ "$(id -u)" = 0 ]; then
          drop="setpriv --bounding-set=-dac_override,-dac_read_search --"
          $drop true || { echo "cannot drop"; exit; }
        fi
        probe() { $drop "$self" "$@"; echo "status $?"; }
        mkdir d; "$0" write d/a 1 50 >/dev/null
        \(script)
        chmod -R u+w d
        """)
    _ = probe.end()
    if probe.text.contains("cannot drop") {
      print("skipped: read-only files: root's rights cannot be given up here")
      return nil
    }
    return probe
  }

  @Test("a read-only file is read, and not recorded into")
  func file() throws {
    guard let probe = try run("chmod 444 d/a; probe check d/a; probe write d/a 51 5") else {
      return
    }
    #expect(
      probe.lines == [
        "numbers 1-50", "status 0", "system: cannot record into d/a: Permission denied", "status 1",
      ])
  }

  @Test("a read-only directory: its files are read, and neither recorded into nor made")
  func directory() throws {
    guard
      let probe = try run(
        "chmod 555 d; probe check d/a; probe write d/a 51 5; probe write d/b 1 5; ls d")
    else { return }
    #expect(probe.lines.prefix(2) == ["numbers 1-50", "status 0"])
    #expect(probe.lines.dropFirst(2).first?.hasPrefix("system: d/a: ") == true, "\(probe.text)")
    #expect(probe.lines.contains("system: cannot record into d/b: Permission denied"))
    #expect(probe.lines.last == "a")
  }

  /// A writer that was killed leaves its WAL, here with everything in it.
  private let kill = """
    "$0" write d/w 1 100000 >told & writer=$!
    tries=0
    until [ "$(tail -n 1 told 2>/dev/null)" -gt 40 ] 2>/dev/null; do
      kill -0 $writer || exit
      [ $((tries += 1)) -lt 30000 ] || exit
      sleep 0.01
    done
    kill -9 $writer; wait $writer 2>/dev/null
    """

  @Test("a WAL left by kill -9 in a read-only directory is read, by a copy that goes again")
  func leftWAL() throws {
    guard
      let probe = try run(
        kill + """

          rm -f d/w-shm; chmod 555 d; mkdir t; export TMPDIR=$PWD/t
          probe check d/w integrity=no; ls t; chmod 444 d/*; probe check d/w integrity=no
          echo "told $(tail -n 1 told)"
          """)
    else { return }
    let told = try #require(
      probe.lines.first { $0.hasPrefix("told ") }.flatMap { Int64($0.dropFirst(5)) })
    #expect(
      probe.lines.contains("numbers 1-\(told)") || probe.lines.contains("numbers 1-\(told + 1)"),
      "\(probe.text)")
    #expect(probe.lines.filter { $0 == "status 0" }.count == 2, "\(probe.text)")
    #expect(probe.lines.count == 5, "something is left in TMPDIR: \(probe.text)")
  }

  @Test("where that copy cannot be made, it is said what to do")
  func noCopy() throws {
    guard
      let probe = try run(
        kill + """

          rm -f d/w-shm; chmod 555 d; mkdir t; chmod 555 t; export TMPDIR=$PWD/t
          probe check d/w; chmod 755 t
          """)
    else { return }
    #expect(
      probe.lines.first?.hasPrefix(
        "system: d/w: cannot read it without a copy: no directory can be made in ")
        == true, "\(probe.text)")
    let hint = getuid() == 0 ? "" : "; set TMPDIR"
    #expect(probe.lines.first?.hasSuffix("Permission denied\(hint)") == true)
  }

  @Test("root's copy is not made where others can write", .enabled(if: getuid() == 0))
  func shared() throws {
    guard
      let probe = try run(
        kill + """

          rm -f d/w-shm; chmod 555 d; mkdir t; chmod 1777 t; export TMPDIR=$PWD/t
          touch -d @0 t; probe check d/w integrity=no; stat -c %Y t
          """)
    else { return }
    #expect(probe.lines.suffix(2) == ["status 0", "0"], "\(probe.text)")
  }

  @Test("SQLite keeps what it sorts in memory, not in /var/tmp")
  func temporary() throws {
    let place = scratch.path + "/empty"
    try Data().write(to: URL(fileURLWithPath: place))
    let database = try Database(place, .readWrite)
    #expect(try database.count("PRAGMA temp_store") == 2)
  }
}
