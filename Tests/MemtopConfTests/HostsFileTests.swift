import MemtopConf
import Testing

@testable import TestSupport

@Suite("a file of hosts", .timeLimit(.minutes(30))) struct HostsFileTests {
  private static func read(_ text: String) throws(ConfError) -> [HostsFile.Entry] {
    try HostsFile.entries(INIFile(text: Array(text.utf8), path: "hosts"))
  }

  @Test("a section is a host; its address and command are optional")
  func hosts() throws {
    let hosts = try Self.read("[xen1]\n[xen2]\naddress = root@10.0.0.2\nmemtop = sudo memtop\n")
    #expect(hosts.map(\.name) == ["xen1", "xen2"])
    #expect(hosts.map(\.address) == [nil, "root@10.0.0.2"])
    #expect(hosts.map(\.command) == [nil, "sudo memtop"])
  }

  @Test(
    "what is wrong is told with its line",
    arguments: [
      ("", "hosts: lists no host: each is a section, such as [xen1]"),
      ("[xen1]\nport = 22\n", "hosts:2: unknown key \"port\"; known keys: address, memtop"),
      ("[xen1]\n[xen2]\n[xen1]\n", "hosts:3: the host xen1 is in line 1, too"),
      (
        "[xen1]\naddress = 10.0.0.2\n[xen2]\nmemtop = m\naddress = 10.0.0.2\n",
        "hosts:5: 10.0.0.2 is the address of xen1, too"
      ),
      ("[xen1]\naddress = xen2\n[xen2]\n", "hosts:3: xen2 is the address of xen1, too"),
      ("[xen1]\naddress =\n", "hosts:2: address =: expected a value"),
    ])
  func errors(text: String, what: String) {
    #expect(complaint(of: text, Self.read) == what)
  }

  @Test("Hostile: whatever stands in it, there are hosts or one line")
  func hostile() {
    for foreign in HostileCorpus.all {
      for (before, after) in [
        ("", ""), ("[", "]\n"), ("[a]\naddress = ", "\n"), ("[a]\n", " = 1\n"),
      ] {
        let text = Array(before.utf8) + foreign.bytes + Array(after.utf8)
        do throws(ConfError) {
          _ = try HostsFile.entries(INIFile(text: text, path: "hosts"))
        } catch {
          #expect(HarmlessText.offence(in: error.description) == nil, "\(foreign)")
        }
      }
    }
  }
}
