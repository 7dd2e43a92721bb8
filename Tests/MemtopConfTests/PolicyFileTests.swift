import MemtopConf
import MemtopCore
import Testing

@Suite(.timeLimit(.minutes(30))) struct PolicyFileTests {
  static func read(_ text: String) throws(ConfError) -> PolicySet {
    try PolicyFile.policies(INIFile(text: Array(text.utf8), path: "memtop.conf"))
  }

  static func error(_ text: String) -> String? { complaint(of: text, read) }

  static let web = DomainID(domid: 7, uuid: DomainUUID(high: 0x1234_5678_9ABC_4DEF, low: 1 << 63))

  @Test("every key of a section is taken, and later sections win key by key")
  func everything() throws {
    let set = try Self.read(
      """
      # the whole host
      [host]
      reserve = 1G
      [domain *]
      reserve = 40%
      floor = 256M   ; never less
      weight = 10
      [domain web*]
      reserve = 512M
      ceiling = 8G
      hands-off = no
      xapi-free = available
      regulate = yes
      """)
    #expect(set.hostReserve == .gib(1))
    #expect(!set.throughXAPI)
    #expect(try Self.read("[host]\nowner = xapi\n").throughXAPI)
    let policy = set.policy(for: Self.web, name: "web1")
    #expect(policy.reserve == .size(.mib(512)))
    #expect(policy.floor == .mib(256))
    #expect(policy.ceiling == .gib(8))
    #expect(policy.weight == 10)
    #expect(!policy.handsOff)
    #expect(policy.xapiFree == .available)
    #expect(policy.isRegulated)
    let other = set.policy(for: Self.web, name: "db")
    #expect(other.reserve == .share(percent: 40))
    #expect(other.ceiling == nil)
    #expect(!other.isRegulated)
  }

  @Test("a floor and a ceiling are whole MiB, within what was written")
  func wholeMiB() throws {
    let set = try Self.read("[domain *]\nfloor = 1.3G\nceiling = 1.7G\n")
    let policy = set.policy(for: Self.web, name: "web1")
    #expect(policy.floor == .mib(1332) && policy.ceiling == .mib(1740))
  }

  @Test("a file without sections changes nothing", arguments: ["", "\n\n; nothing\n", "[host]\n"])
  func empty(text: String) throws {
    #expect(try Self.read(text) == .standard)
    let none = try Self.read(text).policy(for: Self.web, name: "web1")
    #expect(none == MemoryPolicy())
  }

  @Test(
    "what is wrong is told by file and line",
    arguments: [
      ("[domain *]\nflor = 1G", "memtop.conf:2: unknown key \"flor\"; known keys: reserve, floor,"),
      ("[host]\nfloor = 1G", "memtop.conf:2: unknown key \"floor\"; known keys: reserve"),
      ("[domains *]\n", "memtop.conf:1: unknown section [domains *]; there are [host] and"),
      ("[domain]\nfloor=1G", "memtop.conf:1: unknown section [domain];"),
      ("[domain *]\nfloor = 1", "memtop.conf:2: floor = 1: give a unit: 1G or 1M"),
      ("[domain *]\nfloor = 512K", "memtop.conf:2: floor = 512K: must be at least 1M"),
      ("[domain *]\nceiling = 512K", "memtop.conf:2: ceiling = 512K: must be at least 1M"),
      (
        "[domain *]\nfloor = 1G # c",
        "memtop.conf:2: floor = 1G # c: a comment after a value begins"
      ),
      ("[domain *]\nweight = 5\t# c", "memtop.conf:2: weight = 5\\x09# c: a comment after a value"),
      ("[domain *]\nreserve = 25", "memtop.conf:2: reserve = 25: give a unit, such as 25M or 25%"),
      (
        "[domain *]\nreserve = 25 %",
        "memtop.conf:2: reserve = 25 %: a share is a whole number from 1% to 400%, without a blank"
          + " before %"
      ),
      ("[domain *]\nreserve = 12.5%", "memtop.conf:2: reserve = 12.5%: a share is a whole number"),
      ("[host]\nreserve = 0M", "memtop.conf:2: reserve = 0M: it must be more than 0"),
      ("[domain *]\nfloor = -1G", "memtop.conf:2: floor = -1G: give an amount"),
      ("[domain *]\nfloor =", "memtop.conf:2: floor =: it has no value"),
      (
        "[domain *]\nreserve = 0%", "memtop.conf:2: reserve = 0%: a share is a whole number from 1%"
      ),
      ("[domain *]\nreserve = 401%", "memtop.conf:2: reserve = 401%: a share is a whole"),
      ("[domain *]\n\nweight = 0", "memtop.conf:3: weight = 0: expected a number from 1 to 1000"),
      ("[domain *]\nweight = 9999999999999999999999", "memtop.conf:2: weight = 99999"),
      ("[domain *]\nhands-off = maybe", "memtop.conf:2: hands-off = maybe: expected yes or no"),
      ("[host]\nowner = xen", "memtop.conf:2: owner = xen: expected xapi"),
      ("[domain *]\nxapi-free = cache", "memtop.conf:2: xapi-free = cache: expected available,"),
      (
        "[domain a]\nfloor = 1G\nfloor = 2G", "memtop.conf:3: floor is given twice: first in line 2"
      ),
      ("[domain a]\nfloor = 2G\nceiling = 1G", "memtop.conf:1: its floor, 2.00G, is above its"),
      ("floor = 1G", "memtop.conf:1: comes before the first [section]: floor = 1G"),
      (
        "[domain a]\nnothing here\r\n",
        "memtop.conf:2: is neither [section], nor name = value, nor a comment: nothing here"
      ),
      ("[domain a\nfloor = 1G", "memtop.conf:1: is neither [section]"),
      (
        "[domain a] floor = 1G",
        "memtop.conf:1: has something after the ] of its section: [domain a] floor = 1G"
      ),
      (
        "[domain \(String(repeating: "x", count: 60))]", "memtop.conf:1: has a section name of more"
      ),
      ("[domain a]\n\(String(repeating: "y", count: 60)) = 1", "memtop.conf:2: is a name of more"),
      ("[domain a]\n# \(String(repeating: "z", count: 1000))", "memtop.conf:2: is too long"),
      ("[domain a]\nfloor = 1\u{0}G", "memtop.conf:2: holds a NUL byte"),
      (
        "[domain a]\nfl\u{1B}[31m = 1",
        "memtop.conf:2: holds the control character \\x1b; delete it"
      ),
      // libinih skips a form feed and a CR as it skips blanks: the next section would go unnoticed.
      (
        "[domain home]\nfloor = 1G\n\u{0C}[domain media]\nceiling = 2G",
        "memtop.conf:3: holds the control character \\x0c; delete it"
      ),
      ("[domain a]\n\r[domain b]\n", "memtop.conf:2: holds the control character \\x0d; delete it"),
      ("[domain a]\nfloor = 1G\u{0B}\n", "memtop.conf:2: holds the control character \\x0b"),
    ])
  func wrong(text: String, message: String) {
    let told = Self.error(text)
    #expect(told?.hasPrefix(message) == true, "\(told ?? "no error")")
    #expect(told?.contains("\u{1B}") != true)
  }

  @Test("bytes that are no text are told by line")
  func noText() {
    do throws(ConfError) {
      _ = try INIFile(text: Array("[host]\n".utf8) + [0xFF, 0xFE], path: "x")
      Issue.record("it was taken")
    } catch {
      #expect(error.description == "x:2: is not UTF-8")
    }
  }

  @Test("a file that is not there, or is a directory, is told by name")
  func unreadable() {
    for (path, why) in [("/nowhere/memtop.conf", "No such file"), ("/", "Is a directory")] {
      do throws(ConfError) {
        _ = try PolicyFile.read(path)
        Issue.record("it was read")
      } catch {
        #expect(error.description.hasPrefix("\(path): cannot be read: \(why)"))
      }
    }
  }

  @Test("windows line ends and a last line without one are read alike")
  func lineEnds() throws {
    #expect(
      try Self.read("[domain *]\r\nfloor = 1G\r\nweight = 5")
        == Self.read("[domain *]\nfloor=1G\nweight: 5\n"))
  }
}
