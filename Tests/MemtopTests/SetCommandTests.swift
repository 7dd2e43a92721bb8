import Testing

@Suite("memtop set, on the simulated host", .timeLimit(.minutes(30))) struct SetCommandTests {
  @Test("a target that the domain already has and holds is not set again")
  func already() throws {
    for option in ["--dry-run", "--yes", "--wait"] {
      let run = try Program.run("set", "--demo", "web1", "2G", option)
      #expect(run.status == 0, "\(run)")
      #expect(run.output == "web1 already has the target 2.00G; nothing to do\n", "\(run)")
    }
  }

  @Test("a raise is set, followed to its end and told, with status 0")
  func raise() throws {
    let run = try Program.run("set", "--demo", "web1", "+256M", "--wait", "--yes")
    #expect(run.status == 0)
    #expect(run.output == "web1: 2.00G -> 2.25G, reached\n")
  }

  @Test("what would wake the OOM killer is refused with status 2, and --force goes on")
  func refusal() throws {
    let refused = try Program.run("set", "--demo", "dns", "8M")
    #expect(refused.status == 2)
    #expect(refused.output.isEmpty)
    #expect(refused.errors.contains("its OOM killer may strike [below-busy]"))
    #expect(
      refused.errors.hasSuffix("nothing was changed: the guard refuses; --force overrides\n")
    )
    let forced = try Program.run("set", "--demo", "dns", "120M", "--force")
    #expect(forced.status == 0)
    #expect(forced.output == "dns: 192M -> 120M, set\n")
  }

  @Test("with --from, only what was seen is changed, and to the KiB")
  func from() throws {
    let other = try Program.run("set", "--demo", "web1", "3G", "--from", "1G", "--yes", "--force")
    #expect(other.status == 2 && other.output.isEmpty)
    #expect(
      other.errors
        == "memtop: nothing was changed: web1 has the target 2.00G; --from expects 1.00G\n")
    let run = try Program.run("set", "--demo", "web1", "3000004K", "--from", "2G", "--dry-run")
    #expect(run.output == "web1: 2.00G -> 2.86G would be set (dry run)\n", "\(run)")
  }

  @Test("--accept accepts the warnings of these rules and no others")
  func accept() throws {
    let taken = try Program.run("set", "--demo", "vpn", "1G", "--accept", "near-busy,stuck")
    #expect(taken.status == 0 && taken.output == "vpn: 2.00G -> 1.00G, set\n", "\(taken)")
    let other = try Program.run("set", "--demo", "vpn", "1G", "--accept", "near-busy")
    #expect(other.status == 2 && other.output.isEmpty)
    #expect(other.errors.hasSuffix("nothing was changed: re-run with --yes to accept\n"))
    let unknown = try Program.run("set", "--demo", "vpn", "1G", "--accept", "stcuk")
    #expect(unknown.status == 64)
    #expect(unknown.errors.contains("the guard has no rule \"stcuk\""))
    // A refusal is no warning.
    let refused = try Program.run("set", "--demo", "dns", "8M", "--accept", "below-busy")
    #expect(refused.status == 64)
    #expect(refused.errors.contains("--accept: the findings of below-busy cannot"))
  }

  @Test("--greet says that it begins; where that cannot be written, nothing is changed")
  func greets() throws {
    let words = ["set", "--demo", "vpn", "1G", "--accept", "near-busy,stuck", "--greet"]
    let heard = try Program.start(words)
    #expect(heard.output == "memtop-set 1\nvpn: 2.00G -> 1.00G, set\n", "\(heard)")
    // A pipe whose reader has gone.
    let gone = #"f=$(mktemp -u); mkfifo $f; exec 6<>$f; exec 5>$f; rm $f; exec 6<&-"#
    let unheard = try Program.shell(gone + #"; exec "$0" "$@" >&5"#, words)
    #expect(unheard.status == 2)
    #expect(
      unheard.errors == "memtop: nothing was changed: nobody reads what is printed\n", "\(unheard)")
  }

  @Test("what can never be is not forced, and one line says why")
  func never() throws {
    let run = try Program.run("set", "--demo", "dns", "1G", "--force", "--yes")
    #expect(run.status == 2)
    #expect(run.errors.contains("[above-static-max]"))
    #expect(!run.errors.contains("--force"))
    #expect(run.errors.split(separator: "\n").count == 1, "\(run)")
  }

  @Test("a warning wants --yes where there is nobody to ask")
  func warning() throws {
    let run = try Program.run("set", "--demo", "wiki", "+64M")
    #expect(run.status == 2)
    #expect(run.errors.contains("warning: wiki's report is"))
    #expect(run.errors.hasSuffix("nothing was changed: re-run with --yes to accept\n"))
  }

  @Test("a guest that does not follow within the wait ends with status 3")
  func stuck() throws {
    let run = try Program.run("set", "--demo", "vpn", "1500M", "--yes", "--wait=2")
    #expect(run.status == 3)
    #expect(run.errors.contains("vpn: 2.00G -> 1.46G, set, not there yet: now at 1023M"))
  }

  @Test("sizes that would look the same are told apart")
  func closeSizes() throws {
    let run = try Program.run("set", "--demo", "web1", "2049M", "--dry-run")
    #expect(run.output == "web1: 2048M -> 2049M would be set (dry run)\n")
  }

  @Test("--dry-run says what would be done and how it is judged, and changes nothing")
  func dryRun() throws {
    let run = try Program.run("set", "--demo", "db2", "-1G", "--dry-run")
    #expect(run.status == 2)
    #expect(run.output == "db2: 8.00G -> 7.00G would be refused (dry run)\n")
    let fine = try Program.run("set", "--demo", "files", "-1G", "--dry-run")
    #expect(fine.status == 0)
    #expect(fine.output == "files: 10.0G -> 9.00G would be set (dry run)\n")
  }

  @Test(
    "wrong usage is told in words with status 64",
    arguments: [
      (["set", "--demo", "web1", "2"], "give a unit"),
      (["set", "--demo", "web1", "ten"], "a size looks like"),
      (["set", "--demo", "web1"], "size"),
      (
        ["set", "--demo", "web1", "1G", "--wait=0"],
        "--wait 0: must be a whole number of seconds from 1"
      ),
      (
        ["set", "--demo", "web1", "1G", "--wait", "1m"],
        "--wait 1m: must be a whole number of seconds"
      ),
      (["set", "--scenario", "calm", "app1", "1G"], "--demo"),
      (["-b", "--demo", "--fields", "nonsense"], "unknown field \"nonsense\""),
      (["-b", "-d", "0"], "-d 0: must be a number of seconds from 0.2 to 3600"),
      (["-n", "3"], "-b"),
      (["--demo", "--scenario", "nowhere"], "unknown name \"nowhere\""),
      (["-b", "--read-only"], "--read-only cannot be used with -b"),
      (["-b", "--demo", "--fields", "name,name"], "--fields: name is given twice"),
      // As it was typed.
      (["-b", "--demo", "-n", "-1"], "-n -1: must be a whole number from 1 on"),
      (["set", "--demo", "--format", "csv", "web1", "3G"], "--format cannot be used with set"),
    ])
  func usage(arguments: [String], words: String) throws {
    let run = try Program.start(arguments)
    #expect(run.status == 64)
    #expect(run.errors.contains(words))
  }

  @Test("a domain is found by name, domid or uuid, and its absence is told")
  func names() throws {
    #expect(try Program.run("set", "--demo", "1", "+1M", "--dry-run").output.hasPrefix("web1:"))
    let absent = try Program.run("set", "--demo", "nobody", "1G")
    #expect(absent.status == 1)
    #expect(absent.errors.contains("no domain \"nobody\"; memtop -b -n 1 lists the domains"))
    #expect(
      try Program.run("set", "--demo", "-1", "1G").errors.hasPrefix("memtop: no domain \"-1\";"))
    let typo = try Program.run("set", "--demo", "filess", "1G")
    #expect(typo.status == 1)
    #expect(typo.errors == "memtop: no domain \"filess\"; did you mean files?\n")
    // As near to web1 as to web3.
    #expect(try Program.run("set", "--demo", "web", "1G").errors.contains("lists the domains"))
  }
}
