import MemtopCore
import Testing

@testable import memtop

@Suite("memtop set without the argument parser", .timeLimit(.minutes(30)))
struct PlainSetTests {
  @Test(
    "what it understands, the parser understands alike",
    arguments: [
      "set web1 2G", "set web1 +10% --yes", "set web1 -256M --force", "set --yes web1 max",
      "set 7 busy+512M --wait", "set 7 1G --wait 90 --dry-run", "set --wait=5 7 1G --yes --force",
      "set dom0 2G --wait 1", "set --wait 5 1G",
    ])
  func alike(_ line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    let plain = try #require(PlainSet(words))
    let parsed = try MemtopCommand.parseAsRoot(TypedWords.understood(words))
    let set = try #require(parsed as? SetCommand)
    #expect(plain.domain == set.domain)
    #expect(plain.size == (try SizeExpression(parsing: OptionalValues.withMinus(set.size))))
    #expect(plain.wait == set.wait.map { Int64($0) })
    #expect(plain.isDryRun == set.consent.isDryRun)
    #expect(plain.agrees == set.consent.agrees)
    #expect(plain.isForced == set.force)
  }

  @Test(
    "anything else is the parser's",
    arguments: [
      "", "set", "set web1", "set web1 2G 3G", "set web1 much", "set web1 2G --maybe",
      "set web1 2G --help", "set web1 2G -h", "set web1 2G --demo", "set web1 2G --wait=0",
      "set web1 2G --wait=soon", "set web1 2G --wait=1 --wait=2", "set web1 2G --yes=1",
      "set -- web1 2G", "set web1 2G -o x", "free 2G", "--demo set web1 2G", "setting web1 2G",
      "set web1 2G --version", "set web1 2G --dry",
    ])
  func others(_ line: String) {
    #expect(PlainSet(line.split(separator: " ").map(String.init)) == nil)
  }
}
