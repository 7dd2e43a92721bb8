import Testing

extension XenLab {
  /// The other xenstore daemon, which Debian starts where it is there: a boot of its own.
  @Suite("with oxenstored in place of xenstored", .timeLimit(.minutes(120)))
  struct OxenstoredTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.oxenstored) }

    @Test("it is oxenstored that runs")
    func daemon() throws {
      #expect(try lab.text("pidof oxenstored").isEmpty == false)
      #expect(try lab.dom0("pidof xenstored").status == 1)
    }

    @Test("allocation, target and static-max are those of xl list and xenstore")
    func domains() throws { try lab.checkDomains() }

    @Test("the host's amounts are those of xl info")
    func host() throws { try lab.checkHost() }

    @Test(
      "a guest's figures are those of its own /proc/meminfo", .enabled(if: Lab.isLong),
      arguments: ["memtop", "qubes"])
    func dialect(_ dialect: String) throws { try lab.checkDialect(dialect, of: "pv1") }

    @Test("a target moved by keystroke arrives in the guest")
    func keystrokes() throws { try lab.checkKeystrokes("pv1") }

    @Test("somebody else's xl, and a memtop set elsewhere, are told apart")
    func authors() throws { try lab.checkAuthors() }

    @Test("guests that come, reboot and go")
    func churn() throws { try lab.checkChurn() }
  }
}
