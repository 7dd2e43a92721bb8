import ArgumentParser
import MemtopCore

/// How often a sample is taken.
struct SamplingOptions: ParsableArguments {
  @Option(
    name: [.customShort("d", allowingJoined: true), .long],
    help: ArgumentHelp("Time between samples, 0.2 to 3600.", valueName: "seconds"))
  var delay: Double = 1

  private static let delays = 0.2...3600

  func validate() throws {
    guard Self.delays.contains(delay) else {
      throw ValidationError("-d \(delay): must be from 0.2 to 3600 seconds")
    }
  }

  var interval: Span { Span(milliseconds: Int64(clamping: (delay * 1000).rounded())) }
}
