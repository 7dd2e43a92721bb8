import Foundation
import MemtopXen
import Testing

@testable import memtop

@Suite("what a memtop of root's takes from its environment", .timeLimit(.minutes(30)))
struct RootEnvironmentTests {
  @Test(
    "nothing that names a file, a directory, a socket or a program",
    arguments: [
      // The C library (ld.so(8), locale(7), tzset(3), resolver(5)).
      "LOCPATH", "GCONV_PATH", "NLSPATH", "TZDIR", "HOSTALIASES", "LOCALDOMAIN", "RES_OPTIONS",
      "MALLOC_TRACE", "GETCONF_DIR", "TMPDIR", "HOME", "PATH", "IFS", "BASH_ENV", "ENV",
      // ncurses(3).
      "TERMINFO", "TERMINFO_DIRS", "TERMCAP", "TERMPATH", "ESCDELAY", "NCURSES_TRACE",
      // SQLite, Swift's library, libxenstore.
      "SQLITE_TMPDIR", "SQLITE_HISTORY", "SWIFT_BACKTRACE", "SWIFT_ROOT", "XENSTORED_PATH",
      "XENSTORED_RUNDIR", "XENSTORED_ROOTDIR", "LLVM_PROFILE_FILE", "", "anything", "term",
    ])
  func dropped(_ name: String) {
    for value in ["", "/tmp/x", "1"] { #expect(!RootEnvironment.isKept(name, value: value)) }
  }

  @Test("what says how the screen is shown, and who called sudo")
  func kept() {
    for name in ["TERM", "NO_COLOR", "LINES", "COLUMNS", "LANG", "LC_ALL", "LC_CTYPE", "SUDO_UID"] {
      #expect(RootEnvironment.isKept(name, value: "x"), "\(name)")
    }
  }

  @Test("a time zone by its name, and no other file")
  func zones() {
    for zone in [
      "UTC", "Europe/Berlin", ":Europe/Berlin", "", "CET-1CEST,M3.5.0,M10.5.0/3", "<+03>-3",
      "/usr/share/zoneinfo/Asia/Tokyo", ":/usr/share/zoneinfo/UTC",
    ] {
      #expect(RootEnvironment.isKept("TZ", value: zone), "\(zone)")
    }
    for file in [
      "/etc/shadow", ":/dev/sda", "../../etc/passwd", ":../x", "/usr/share/zoneinfo/../../x",
      "::/etc/x", "a b", "a\n", "\u{1B}[2J", "Zürich",
    ] {
      #expect(!RootEnvironment.isKept("TZ", value: file), "\(file)")
    }
  }

  @Test("a crash runs no program, whatever SWIFT_BACKTRACE names", .enabled(if: getuid() == 0))
  func backtrace() throws {
    let run = try Program.shell(
      #"""
      cd "$(mktemp -d)"; printf '#!/bin/sh\ntouch ran\n' >run; chmod 755 run
      export SWIFT_BACKTRACE="enable=yes,swift-backtrace=$PWD/run"
      coproc "$0" --demo -b -d 1
      pid=$COPROC_PID
      read -r _ <&"${COPROC[0]}"
      (sleep 30; kill -KILL "$pid") >/dev/null 2>&1 &
      kill -SEGV "$pid"; wait "$pid" 2>/dev/null
      echo "$?" *; rm -r "$PWD"; kill %2
      """#)
    #expect(run.output == "139 run\n", "\(run)")
  }

  @Test("what dump writes into a file is its owner's alone", arguments: ["csv", "memtop"])
  func dump(_ format: String) throws {
    let host = try RecordedHost(seconds: 1..<4)
    let run = try Program.shell(
      #"umask 0; "$0" dump "$1" --format "$2" -o "$3" && stat -c %a "$3""#,
      [host.path, format, host.file("out")])
    #expect(run.output == "600\n", "\(run)")
  }
}
