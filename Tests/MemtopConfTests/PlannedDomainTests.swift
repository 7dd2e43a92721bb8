import MemtopCore
import Testing

@testable import MemtopConf

@Suite("a domain that is to be created", .timeLimit(.minutes(30))) struct PlannedDomainTests {
  static func read(_ text: String) throws(ConfError) -> PlannedDomain {
    try PlannedDomainFile.domain(XLConfig(text: Array(text.utf8), path: "new.cfg"))
  }

  static func error(_ text: String) -> String? { complaint(of: text, read) }

  @Test("of a whole file the keys that decide its memory are taken")
  func file() throws {
    let domain = try Self.read(
      """
      # A guest.
      name = "new"   # its name
      type = 'pvh'
      memory = 4096; maxmem = "65536"
      vcpus = 4
      maxvcpus = 0x10
      disk = [ 'phy:/dev/vg/new,xvda,w',
        # another
        'phy:/dev/vg/swap,xvdb,w', ]
      vif = [ "mac=00:16:3e:00:00:01, bridge=xenbr0" ]
      vnc_list = [ [ 1, 2 ], [ ] ]
      extra = "console=hvc0 \\"# no comment\\""
      """)
    let wanted = PlannedDomain(kind: .pvh, memory: .gib(4), most: .gib(64), vcpus: 16)
    #expect(domain == wanted)
  }

  @Test("what is not said is as xl has it")
  func defaults() throws {
    #expect(try Self.read("memory=512") == PlannedDomain(memory: .mib(512)))
    #expect(try Self.read("maxmem=512") == PlannedDomain(memory: .mib(512)))
    #expect(try Self.read("memory=512\nbuilder='hvm'").kind == .hvm)
    #expect(try Self.read("memory=1\nmemory=2").memory == .mib(2))
    #expect(try Self.read("memory=010").memory == .mib(8))
    #expect(try Self.read("memory=1\nstdvga=1").adapter == .stdvga)
    #expect(try Self.read("memory=1\nstdvga=1\nvga='cirrus'").adapter == .cirrus)
  }

  @Test("every other key changes the plan")
  func keys() throws {
    let domain = try Self.read(
      """
      type="hvm"
      memory=1024
      hap=0
      shadow_memory=16
      device_model_stubdomain_override=1
      stubdomain_memory=64
      device_model_version="qemu-xen"
      videoram=32
      vga="qxl"
      pci=[]
      pci+=["01:00.0"]
      passthrough="sync_pt"
      """)
    var wanted = PlannedDomain(kind: .hvm, memory: .gib(1))
    (wanted.hap, wanted.shadow, wanted.hasStubdomain) = (false, .mib(16), true)
    (wanted.stubdomainMemory, wanted.deviceModel) = (.mib(64), .qemu)
    (wanted.videoram, wanted.adapter, wanted.hasDevices) = (.mib(32), .qxl, true)
    wanted.passthrough = .syncPageTables
    #expect(domain == wanted)
  }

  @Test(
    "what cannot be judged is an error with its line",
    arguments: [
      ("", "new.cfg: does not say how much memory the domain has"),
      ("memory=0", "new.cfg: does not say how much memory the domain has"),
      ("memory='4G'", "new.cfg:1: memory: is not a number from 0 to 4294967296"),
      ("\nmemory=-1", "new.cfg:2: is not xl's configuration language: -1"),
      ("memory=99999999999999999999", "new.cfg:1: memory: is not a number from 0 to 4294967296"),
      ("memory=[1]", "new.cfg:1: memory: is not a number"),
      ("memory=1\ntype='xyz'", "new.cfg:2: type: must be one of hvm, pv, pvh"),
      ("memory=1\nhap=2", "new.cfg:2: hap: is not a number from 0 to 1"),
      (
        "memory=1\nvnuma=[]",
        "new.cfg:2: vnuma: memtop cannot tell how much memory a vNUMA guest takes"
      ),
      ("memory=1\npci='x'", "new.cfg:2: pci: is not a list"),
      ("memory 1", "new.cfg:1: is not name = value"),
      ("memory=", "new.cfg:1: is not name = value"),
      ("memory=1 2", "new.cfg:1: is not name = value"),
      ("def x():", "new.cfg:1: is not name = value"),
      ("x='open", "new.cfg:1: has a string that is not closed"),
      ("x=['a' 'b']", "new.cfg:1: has a list without a comma"),
      ("x=['a'\n", "new.cfg:1: has a list that is not closed"),
      ("memory=1\nx=['a',\n['b']\n\n", "new.cfg:2: has a list that is not closed"),
      ("x=['a'\n'b']", "new.cfg:2: has a list without a comma"),
      ("memory\nvcpus=1", "new.cfg:1: is not name = value"),
      ("memory=\nvcpus=1", "new.cfg:1: is not name = value"),
      ("memory=[1\n] 2\n", "new.cfg:1: is not name = value"),
      ("x='a\\\n'\nmemory=1", "new.cfg:1: has a string that is not closed"),
      ("x=[=]", "new.cfg:1: has an unexpected sign in a list"),
      ("[domain x]", "new.cfg:1: is not name = value"),
    ])
  func errors(_ text: String, _ error: String) { #expect(Self.error(text) == error) }

  @Test("no bytes crash it")
  func noise() {
    var state: UInt64 = 88_172_645_463_325_252
    let alphabet = Array("mem=ory[]'\",;\n\\ +#0x1\u{1B}é".utf8)
    for _ in 0..<20_000 {
      var text: [UInt8] = []
      for _ in 0..<24 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        text.append(alphabet[Int(state % UInt64(alphabet.count))])
      }
      _ = try? XLConfig(text: text, path: "noise")
    }
  }

  @Test("a list of keys says the same, with units")
  func list() throws {
    let domain = try PlannedDomainFile.parse("memory=4G, maxmem=64G,vcpus=16")
    #expect(domain == PlannedDomain(kind: .pvh, memory: .gib(4), most: .gib(64), vcpus: 16))
    let hvm = try PlannedDomainFile.parse("type=hvm,memory=512,videoram=16M,pci=01:00.0")
    #expect(hvm.kind == .hvm && hvm.memory == .mib(512) && hvm.hasDevices)
    #expect(hvm.videoram == .mib(16))
    #expect(try PlannedDomainFile.parse("memory=1500K").memory == .mib(2))
  }

  @Test(
    "a list that says something else is an error",
    arguments: [
      ("memory=4G,vcpus", "vcpus has no value; write vcpus=VALUE"),
      ("disk=1", "unknown key \"disk\"; known keys: memory, maxmem"),
      ("memory=1G,memory=2G", "memory is given twice"),
      ("memory=1G,", "has an extra comma"), (",memory=1G", "has an extra comma"),
      ("vcpus=2", "needs memory, such as memory=4G"),
      ("memory=4X", "memory=4X: is not a number from 0 to 4294967296"),
      ("memory=1G,,vcpus=1", "has an extra comma"),
    ])
  func listErrors(_ text: String, _ error: String) {
    let caught = #expect(throws: PlannedDomainFile.ListError.self) {
      _ = try PlannedDomainFile.parse(text)
    }
    #expect(caught?.description.hasPrefix(error) == true, "\(caught?.description ?? "")")
  }

  @Test("a path is not a list")
  func paths() {
    #expect(PlannedDomainFile.isList("memory=4G"))
    for path in ["new.cfg", "/etc/xen/a=b.cfg", "./a=b"] {
      #expect(!PlannedDomainFile.isList(path))
    }
  }

  @Test(
    "autoballoon is as xl reads it",
    arguments: [
      ("", "unless"), ("autoballoon=\"auto\"", "unless"), ("autoballoon=\"on\"", "takes"),
      ("autoballoon=1", "takes"), ("autoballoon=\"off\"", nil), ("autoballoon='0'", nil),
      ("autoballoon=\"maybe\"", "unless"),
    ] as [(String, String?)])
  func autoballoon(_ text: String, _ word: String?) throws {
    let hint = Autoballoon(try XLConfig(text: Array(text.utf8), path: "xl.conf")).hint
    #expect((hint == nil) == (word == nil))
    if let word { #expect(hint?.contains(word) == true) }
    if word == "takes" { #expect(hint?.contains("unless") == false) }
  }
}
