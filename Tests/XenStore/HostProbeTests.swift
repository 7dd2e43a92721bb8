import Foundation
import MemtopCore
import Testing

@testable import MemtopXen

@Suite("is this a host that can be watched", .timeLimit(.minutes(30)))
struct HostProbeTests {
  static let dom0 = [
    "proc/xen/capabilities": "control_d\n", "sys/hypervisor/type": "xen\n",
    "sys/hypervisor/version/major": "4\n", "sys/hypervisor/version/minor": "17\n",
    "sys/hypervisor/version/extra": ".7\n",
  ]

  @Test("a machine without Xen says what was looked for, and offers the demo")
  func noXen() {
    let text = refusal([:])
    for part in [
      "/proc/xen/capabilities: No such file or directory",
      "/sys/hypervisor/type: No such file or directory", "memtop --demo",
    ] { #expect(text.contains(part)) }
  }

  @Test("a guest is told from a machine without Xen")
  func guest() {
    let text = refusal(["proc/xen/capabilities": "\n", "sys/hypervisor/type": "xen\n"])
    #expect(text.hasPrefix("this is a Xen guest or a dom0 without xenfs"))
    #expect(text.contains("mount -t xenfs"))
  }

  @Test("another hypervisor is not Xen")
  func kvm() {
    #expect(refusal(["sys/hypervisor/type": "kvm\n"]).contains("says \"kvm\""))
  }

  @Test("only root gets in")
  func notRoot() {
    #expect(refusal(Self.dom0, uid: 1000).hasPrefix("only root may ask the hypervisor"))
  }

  @Test(
    "releases before 4.17 are named and refused",
    arguments: [("4", "16", "4.16.7"), ("4", "4", "4.4.7"), ("3", "99", "3.99.7")])
  func old(_ major: String, _ minor: String, _ release: String) {
    let text = refusal(version(major, minor))
    #expect(text == "this host runs Xen \(release); memtop needs Xen 4.17 or later")
  }

  @Test("a version that is none is shown as it is")
  func noVersion() {
    #expect(refusal(version("four", "17")).contains("/sys/hypervisor/version/major says \"four\""))
  }

  @Test("a missing library is named with its package")
  func library() {
    let text = refusal(version("9", "99"))
    #expect(text.contains("libxenctrl.so.9.99"))
    #expect(text.contains("libxenmisc9.99"))
  }

  @Test("the libraries' packages", arguments: XenLibrary.allCases)
  func packages(_ library: XenLibrary) {
    let release = XenRelease(major: 4, minor: 19)
    let expected: (String, String) =
      switch library {
      case .control: ("libxenctrl.so.4.19", "libxenmisc4.19")
      case .store: ("libxenstore.so.4", "libxenstore4")
      case .light: ("libxenlight.so.4.19", "libxenmisc4.19")
      }
    #expect(library.file(for: release) == expected.0)
    #expect(library.package(for: release) == expected.1)
  }

  @Test("qmemman is there while it listens, not when only its socket's file is")
  func qmemman() throws {
    let listening = "0: 2 0 10000 1 01 5 /var/run/qubes/qmemman.sock\n"
    let socket = "var/run/qubes/qmemman.sock"
    for (files, owner) in [
      ([socket: "", "proc/1/net/unix": listening], TargetOwner.qmemman),
      ([socket: "", "proc/1/net/unix": listening, "proc/net/unix": ""], .qmemman),
      ([socket: "", "proc/net/unix": listening], .qmemman),
      ([socket: "", "proc/1/net/unix": "", "proc/net/unix": ""], nil),
      (["proc/1/net/unix": listening], nil),
    ] as [([String: String], TargetOwner?)] {
      let root = directory(files)
      var probe = TargetOwnerProbe(root: root.path)
      #expect(probe.owner(hasSqueezed: false, at: SteadyTime(milliseconds: 0)) == owner)
    }
  }

  @Test(
    "XAPI owns the targets where its socket or its own xe is, and without xe memtop sets none",
    arguments: [
      (["var/lib/xcp/xapi", "opt/xensource/bin/xe"], false, .xapi),
      (["opt/xensource/bin/xe"], false, .xapi), (["var/lib/xcp/xapi", "usr/bin/xe"], false, .xapi),
      (["var/lib/xcp/xapi"], false, .squeezed), ([], true, .squeezed),
      (["usr/bin/xe"], true, .xapi), (["usr/bin/xe"], false, nil), ([], false, nil),
    ] as [([String], Bool, TargetOwner?)])
  func xapi(_ files: [String], _ hasSqueezed: Bool, _ owner: TargetOwner?) throws {
    let root = directory(Dictionary(uniqueKeysWithValues: files.map { ($0, "") }))
    for file in files {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: root.appendingPathComponent(file).path)
    }
    var probe = TargetOwnerProbe(root: root.path)
    #expect(probe.owner(hasSqueezed: hasSqueezed, at: SteadyTime(milliseconds: 0)) == owner)
  }

  private func version(_ major: String, _ minor: String) -> [String: String] {
    Self.dom0.merging([
      "sys/hypervisor/version/major": major, "sys/hypervisor/version/minor": minor,
    ]) { $1 }
  }

  private func refusal(_ files: [String: String], uid: UInt32 = 0) -> String {
    switch XenHost.probe(root: directory(files).path, uid: uid) {
    case .success(let host): "\(host)"
    case .failure(let why): "\(why)"
    }
  }

  private func directory(_ files: [String: String]) -> URL {
    let root = Fixture.temporaryDirectory()
    for (path, text) in files {
      let file = root.appendingPathComponent(path)
      try! FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try! text.write(to: file, atomically: true, encoding: .utf8)
    }
    return root
  }
}

@Suite("what a watch event means", .timeLimit(.minutes(30)))
struct StoreEventTests {
  private let paths = StoreKeyPaths()

  @Test(
    "paths",
    arguments: [
      ("/local/domain/7/memory/target", changed(7, [.target])),
      ("/local/domain/7/data/memtop", changed(7, [.memtopReport], report: .memtop)),
      ("/local/domain/32751/name", changed(32751, [.name])),
      ("/local/domain/7/control", changed(7, [.featureBalloon, .balloonActive, .shutdownRequest])),
      ("/local/domain/7/backend", changed(7, [.backend])),
      ("/local/domain/7/backend/vif/9/0/state", changed(7, [.backend])),
      ("/local/domain/7/backends", .irrelevant),
      ("/local/domain/7/target", changed(7, [.stubTarget])),
      ("/local/domain/7/attr/vif/0", changed(7, [.ipv4, .ipv6])),
      ("/local/domain/7", changed(7, StoreKey.allCases)),
      ("/local/domain", .watched), ("/squeezed", .watched), ("/squeezed/state/a", .squeezed),
      ("/local/domain/", .irrelevant), ("/local/domain/x", .irrelevant),
      ("/local/domain/7x/name", .irrelevant), ("/local/domain/-7/name", .irrelevant),
      ("/local/domain/32752/name", .irrelevant), ("/local/domain/65536/name", .irrelevant),
      ("/local/domain/99999999999999999999/name", .irrelevant),
      ("/local/domain/7/", .irrelevant), ("/local/domain/7/name/", .irrelevant),
      ("/local/domain/7/data/memto", .irrelevant), ("/local/domain/7/data/memtop/x", .irrelevant),
      ("", .irrelevant), ("/", .irrelevant), ("@introduceDomain", .irrelevant),
      ("/local/domain/7/\u{1B}[2J", .irrelevant),
      ("/local/domain/7/" + String(repeating: "a", count: 3000), .irrelevant),
    ] as [(String, StoreEvent)])
  func meaning(_ path: String, _ event: StoreEvent) {
    #expect(StoreEvent(path, paths) == event)
  }

  private static func changed(_ domid: UInt16, _ keys: [StoreKey], report: ReportGroup? = nil)
    -> StoreEvent
  {
    let set = keys.reduce(StoreKeySet.none) { $0.union(StoreKeySet($1)) }
    return .changed(domid: domid, keys: set, report: report)
  }
}
