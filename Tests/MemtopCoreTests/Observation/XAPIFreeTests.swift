@testable import TestSupport
import Testing

@testable import MemtopCore

@Suite("whether a XAPI agent's free figure is known to be MemAvailable", .timeLimit(.minutes(30)))
struct XAPIFreeTests {
  private func finding(_ major: String?, _ minor: String?, _ kernel: String?) -> XAPIFreeFinding? {
    var entries: [(key: StoreKey, value: [UInt8])] = []
    for (key, text) in [(StoreKey.agentMajor, major), (.agentMinor, minor), (.osUname, kernel)] {
      if let text { entries.append((key, Array(text.utf8))) }
    }
    return XAPIFreeFinding(StoreKeys(entries: entries))
  }

  @Test("xe-guest-utilities from 7.30 on, in Linux")
  func known() {
    #expect(finding("7", "30", "4.19.0")?.sentence.contains("7.30") == true)
    #expect(finding("8", "0", "6.1.0-18-amd64") != nil)
    #expect(finding("10", "0", "6.12.1") != nil)
  }

  @Test(
    "everything else tells nothing",
    arguments: [
      ("7", "29", "4.19.0"), ("6", "99", "4.19.0"), ("7", nil, "4.19.0"), (nil, "30", "4.19.0"),
      // Windows' drivers have higher numbers and no kernel release.
      ("9", "4", nil), ("9", "4", ""), ("9", "4", "Windows"), ("0", "4", "6.1"),
      ("-7", "30", "6.1"), ("7", "30x", "6.1"), ("99999999999999999999", "1", "6.1"),
      ("100", "0", "6.1"),
    ] as [(String?, String?, String?)])
  func unknown(_ major: String?, _ minor: String?, _ kernel: String?) {
    #expect(finding(major, minor, kernel) == nil)
  }

  @Test("advice acts on it, unless the policy says that it is MemFree")
  func hindrance() {
    let sample = TestHost.guest(5) {
      $0.report?.dialect = .xapi
      $0.xapiFree = finding("7", "33", "6.1")
    }
    var policy = MemoryPolicy()
    #expect(Hindrance.figures(sample, policy: policy) == nil)
    policy.xapiFree = .free
    #expect(Hindrance.figures(sample, policy: policy) == .xapiUnknown)
  }
}
