import ArgumentParser
import Glibc
import MemtopCore
import MemtopRecording
import MemtopSystem
import MemtopXen

/// `memtop serve`.
struct ServeCommand: MemtopSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Give this host's figures to a memtop on another machine.",
    usage: "memtop serve --stdio [-d <seconds>]",
    discussion: """
      Writes what changes to standard output at each sample, until standard input
      ends. memtop --host starts it on each host, through ssh. It changes nothing.
      Exit status: 0 done, 1 failed, 64 wrong usage, 69 not a usable Xen host.
      """)

  static let heeded = RootOption.simulation.union([.delay])

  @ParentCommand var memtop: MemtopCommand
  @OptionGroup var host: HostOptions
  @OptionGroup var sampling: SamplingOptions

  @Flag(name: .customLong("stdio"), help: "Write to standard output. This option is required.")
  var isStdio = false

  func validate() throws {
    guard isStdio else { throw ValidationError("serve needs --stdio") }
  }

  func run() throws {
    try endWithStatus { () throws(Failure) in
      try StreamService(
        host: try host.open(), interval: sampling.interval, loop: PollLoop()
      ).run()
    }
  }
}

/// A host's samples on standard output, until nobody wants them any more.
struct StreamService {
  let host: HostConnection
  let interval: Span
  let loop: any EventLoop
  /// Whoever started this holds its other end.
  var input = STDIN_FILENO
  var write: (UnsafeBufferPointer<UInt8>) -> Bool = Output.standard.write

  func run() throws(Failure) {
    let engine = HostEngine(host, loop, interval: interval)
    var writer = StreamWriter(recorder: OperatorName.ofThisProcess)
    var isGreeted = false
    repeat {
      for event in engine.turn() {
        switch event {
        case .sample(let snapshot):
          var lines = isGreeted ? [] : greeting(snapshot)
          isGreeted = true
          lines += writer.lines(snapshot)
          guard lines.withUnsafeBufferPointer(write) else { return }
        case .unreadable(let error): throw Failure(line: error.description, status: .failed)
        case .waiting, .past, .preview, .sampleForChange, .publishing, .written, .progress:
          break
        }
      }
    } while !hasEnded(loop.wait(until: engine.due, for: [Watched(input, POLLIN)]))
  }

  private func greeting(_ snapshot: Snapshot) -> [UInt8] {
    StreamWriter.greeting(
      program: "memtop \(Version.text)", hostname: snapshot.host.hostname, interval: interval)
  }

  /// Standard input has ended: whoever started this has gone. What is typed there is for nobody.
  private func hasEnded(_ arrivals: Arrivals) -> Bool {
    guard arrivals.others[0] != 0 else { return false }
    var typed = [UInt8](repeating: 0, count: 512)
    return read(input, &typed, typed.count) <= 0
  }
}
