import Foundation
import MemtopCore
import Testing

@testable import MemtopXen
@testable import TestSupport

@Suite("hostile answers of tools and of the writer process", .timeLimit(.minutes(30)))
struct HostileAnswerTests {
  @Test("whatever xe prints becomes one harmless line")
  func xe() {
    for value in HostileCorpus.all {
      for before in ["", "Error code: ", "HOST_NOT_ENOUGH_FREE_MEMORY\n", "\n \n"] {
        for status in [Int32(0), 1, 127, -1] {
          let text = XAPIError(Array(before.utf8) + value.bytes, status: status).description
          #expect(!text.isEmpty && text.unicodeScalars.count < 300, "\(value)")
          #expect(HarmlessText.offence(in: text) == nil, "\(value): \(text.debugDescription)")
        }
      }
    }
  }

  @Test("a reply's figures are whole numbers of KiB, and a failure is told in ASCII")
  func replies() {
    for value in HostileCorpus.all {
      for word in [
        "target", "limit", "former", "range", "range 1", "phase", "failed", "started", "done", "",
      ] {
        let reply = TargetReply(line: "\(word) \(value.text)")
        switch reply {
        case .target(let size), .limit(let size?), .former(let size?):
          #expect(size >= .zero, "\(value)")
        case .range(let range): #expect(range.low >= .zero && range.low <= range.high, "\(value)")
        case .failed, .unlocked, .started, .phase, .written, .contested, .late, .mended,
          .limit(nil), .former(nil), .done, nil:
          break
        }
      }
      let line = TargetReply.failed(value.text).line
      #expect(line.utf8.allSatisfy { (0x20...0x7E).contains($0) } && line.utf8.count < 600)
    }
  }
}

extension XenStore {
  @Suite("answers of xenstored", .serialized, .timeLimit(.minutes(30))) struct HostileWireTests {
    private static let read: UInt32 = 2

    /// Heads of answers (struct xsd_sockmsg: type, request, transaction, length) with a payload of 12.
    private static let heads: [(UInt32, UInt32, UInt32)] = {
      let lengths: [UInt32] = [0, 11, 13, 4096, 4097, 1 << 31, .max - 15, .max]
      let types: [UInt32] = [0, 1, 4, 15, 77, .max]
      return lengths.map { (read, 0, $0) } + lengths.map { (StoreMessage.error, 0, $0) }
        + types.map { ($0, 0, 12) } + [(read, 1, 12), (read, 32, 12), (read, .max, 12)]
    }()

    private func answered(_ bytes: [UInt8]) throws -> Result<String?, StoreConnection.Lost> {
      let fake = FakeXenstored()
      let reader = try fake.reader()
      fake.send(bytes)
      fake.finish()
      do throws(StoreConnection.Lost) { return .success(try reader.text("name")) } catch {
        return .failure(error)
      }
    }

    private static func head(_ type: UInt32, _ request: UInt32, _ length: UInt32) -> [UInt8] {
      [type, request, 0, length].flatMap { number in withUnsafeBytes(of: number) { Array($0) } }
    }

    @Test("one that answers nothing that was asked ends the connection, or is no value")
    func heads() throws {
      for (type, request, length) in Self.heads {
        let payload = Array("hello\0world!".utf8)
        switch try answered(Self.head(type, request, length) + payload) {
        case .success(let text):
          #expect(type == Self.read && request == 0 && length <= 12, "\(text ?? "")")
        case .failure(let lost): #expect(HarmlessText.offence(in: lost.description) == nil)
        }
      }
    }

    /// oxenstored sends such lists whole; any guest can have it send one.
    @Test(
      "a list that is too long is told as that, and what comes behind it is read",
      arguments: [
        4097, 4120, 16_000, 17_000, 200_000, 1 << 20,
      ])
    func longList(length: Int) throws {
      for piece in [1_000_000, 4_000, 37] where length / piece < 3_000 {
        let fake = FakeXenstored()
        let reader = try fake.reader()
        let list = try reader.ask("data", list: true)
        let text = try reader.ask("name")
        #expect(list == 0 && text == 1)
        let bytes =
          Self.head(StoreMessage.list, 0, UInt32(length)) + [UInt8](repeating: 65, count: length)
          + Self.head(Self.read, 1, 5) + Array("hello".utf8)
        let sending = Thread {
          for start in stride(from: 0, to: bytes.count, by: piece) {
            fake.send(bytes[start..<min(start + piece, bytes.count)])
          }
        }
        sending.start()
        let isTooLong = try reader.answer { request, bytes, isTooLong in
          request == 0 && bytes == nil && isTooLong
        }
        #expect(isTooLong)
        let answer = try reader.answer { request, bytes in
          request == 1 ? bytes.map { String(decoding: $0, as: UTF8.self) } : nil
        }
        #expect(answer == "hello", "\(piece)")
      }
    }

    @Test("one that is longer than any folder's ends the connection")
    func endlessList() throws {
      let fake = FakeXenstored()
      let reader = try fake.reader()
      _ = try reader.ask("data", list: true)
      fake.send(Self.head(StoreMessage.list, 0, 1 << 20 + 1) + [UInt8](repeating: 65, count: 100))
      #expect(throws: StoreConnection.Lost.self) {
        try reader.answer { _, bytes in bytes == nil }
      }
    }

    @Test("one that ends in the middle is never a value")
    func torn() throws {
      let whole = Self.head(Self.read, 0, 5) + Array("hello".utf8)
      for length in 0..<whole.count {
        guard case .failure = try answered(Array(whole[..<length])) else {
          Issue.record("\(length) bytes are an answer")
          continue
        }
      }
      #expect(try answered(whole) == .success("hello"))
    }

    @Test("any bytes are a value, and an error without a known name ends the connection")
    func payloads() throws {
      for value in HostileCorpus.all {
        let length = UInt32(value.bytes.count)
        #expect(try answered(Self.head(Self.read, 0, length) + value.bytes) == .success(value.text))
        let error = Self.head(StoreMessage.error, 0, length) + value.bytes
        guard case .failure = try answered(error) else {
          Issue.record("\(value) is no error")
          continue
        }
      }
    }
  }
}
