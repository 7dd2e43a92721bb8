import Foundation
import Testing

@testable import TestSupport
@testable import memtop

@Suite("a host to be reached", .timeLimit(.minutes(30))) struct RemoteHostTests {
  @Test("is called by what follows the login, and ssh gets the whole")
  func typed() throws {
    let host = try RemoteHost(typed: "root@xen1.example.org")
    #expect(host.name == "xen1.example.org" && host.address == "root@xen1.example.org")
    let words = Transport().arguments(host, ["serve", "--stdio"])
    #expect(words[0] == "/usr/bin/ssh" && words.contains("BatchMode=yes"))
    #expect(words.suffix(5) == ["--", "root@xen1.example.org", "memtop", "serve", "--stdio"])
  }

  @Test(
    "is refused where ssh would take it for an option, or a shell for more than a word",
    arguments: ["", "-oProxyCommand=reboot", "a b", "x;reboot", "$(x)", "root@", "a\nb", "`x`"])
  func refused(text: String) {
    #expect(throws: Failure.self) { try RemoteHost(typed: text) }
  }

  @Test("Hostile: an address is one word of plain characters, or refused")
  func hostile() {
    for foreign in HostileCorpus.all {
      do throws(Failure) {
        let host = try RemoteHost(typed: foreign.text)
        #expect(host.address.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "\(foreign)")
        #expect(
          !host.address.hasPrefix("-") && !host.address.contains { " ;|&$`'\"\\<>()".contains($0) })
      } catch {
        #expect(HarmlessText.offence(in: error.line) == nil, "\(foreign)")
      }
    }
  }

  @Test("options that do not go together are told")
  func options() throws {
    let cases: [([String], String)] = [
      (["--host", "xen1", "-b"], "--host cannot be used with -b"),
      (["--host", "xen1", "--demo"], "--demo cannot be used with --host"),
      (["--ssh", "/bin/true"], "--ssh needs --host or --hosts"),
      (["--host", "xen1", "--ssh", "ssh"], "--ssh ssh: give the whole path of the program"),
      (["--host", "xen1", "set", "web1", "2G"], "--host cannot be used with set"),
      (["serve"], "serve needs --stdio"),
    ]
    for (words, what) in cases {
      let run = try Program.start(words)
      #expect(run.status == 64 && run.errors.contains(what), "\(run)")
    }
    let directory = try TextfileDirectory()
    let file = directory.path + "/hosts"
    for (text, what) in [("[xen 1]\n", "hosts:1: "), ("[a]\naddress = a b\n", "hosts:2: ")] {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      let run = try Program.run("--hosts", file)
      #expect(run.status == 65 && run.errors.contains(what), "\(run)")
      #expect(run.errors.contains("is not a host for ssh, such as root@xen1"), "\(run)")
    }
    let twice = try Program.run("--host", "a@xen1", "--host", "b@xen1")
    #expect(twice.status == 64 && twice.errors.contains("the host xen1 is given twice"), "\(twice)")
  }

  @Test("memtop serve ends when nobody listens any more, and when its input ends")
  func ends() throws {
    let input = try Program.shell(
      """
      coproc { exec "$0" serve --stdio --demo; }
      child=$COPROC_PID
      while read -r -u "${COPROC[0]}" line; do [[ $line == s* ]] && break; done
      exec {COPROC[1]}>&-
      wait "$child"; echo "status $?"
      """)
    #expect(input.output == "status 0\n", "\(input)")
    // A pipe that this shell holds open at both ends: an input that never ends.
    let output = try Program.shell(
      """
      exec 3<> <(:)
      { "$0" serve --stdio --demo <&3; echo "status $?" >&2; } | head -1 | cut -c1-15
      """)
    #expect(output.output == "memtop-stream 1\n" && output.errors == "status 0\n", "\(output)")
  }
}
