import MemtopCore
import Testing

@Suite(.timeLimit(.minutes(30))) struct DomainUUIDTests {
  @Test("a uuid reads back what it prints")
  func roundTrip() {
    let text = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
    #expect(DomainUUID(text)?.description == text)
  }

  @Test(
    "anything but the 8-4-4-4-12 form is refused",
    arguments: [
      "", "0", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1fg",
    ])
  func refused(text: String) {
    #expect(DomainUUID(text) == nil)
  }
}
