import Foundation
import Testing

@Suite("make install", .timeLimit(.minutes(30)))
struct InstallTests {
  private static let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// `$install` and `$uninstall` work in the directory `$1/root`.
  private func made(_ script: String) throws -> Program {
    let directory = try TextfileDirectory()
    return try Program.shell(
      """
      make="make -s -C $2 DESTDIR=$1/root BINARY=$0"
      \(script)
      """, [directory.path, Self.top])
  }

  @Test(
    "installs examples, the rules and the services' options where README says, and uninstalls all")
  func examples() throws {
    let run = try made(
      """
      $make install install-agent || exit; cd "$1/root/usr/local/share/doc/memtop/examples" && find . -type f | sort
      cd "$1"; $make uninstall; echo "left:$(find root -type f)"; ls "$1/root/usr/local/share/doc"
      """)
    #expect(
      run.output == """
        ./default/memtop-export
        ./default/memtop-record
        ./default/memtop-regulate
        ./example.memtop.conf
        ./example.scenario
        ./prometheus/dashboard.json
        ./prometheus/memtop.rules.test.yml
        ./prometheus/memtop.rules.yml
        left:

        """, "\(run)")
    let readme = try String(contentsOfFile: "\(Self.top)/README.md", encoding: .utf8)
    for name in ["example.memtop.conf", "example.scenario", "prometheus"] {
      #expect(readme.contains("/usr/share/doc/memtop/examples/\(name)"))
    }
  }
}
