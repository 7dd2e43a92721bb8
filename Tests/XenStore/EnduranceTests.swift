import Foundation
import Testing

@testable import MemtopXen

extension XenStore {
  /// The short form of `make endurance`.
  @Suite("a busy host for long", .timeLimit(.minutes(30)))
  struct EnduranceTests {
    @Test("while guests report, come, go and misbehave, memory is flat and no write is lost")
    func endures() throws {
      let libxl = try LibxlHost()
      let (output, status) = try libxl.run(["endure", "60", "2000"])
      #expect(status == 0, "\(output)")
      #expect(output.hasSuffix(", 0 lost\n"), "\(output)")
      // A domain that comes costs all its keys, each that was written one, however often it was.
      let reads = output.matches(of: /at most (\d+) reads/).compactMap { Int($0.output.1) }.max()
      #expect((1...100).contains(try #require(reads)), "\(output)")
    }
  }
}
