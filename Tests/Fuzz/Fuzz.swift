import Foundation

@testable import TestSupport

/// libFuzzer's loop (compiler-rt, fuzzer/FuzzerInterface.h).
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

nonisolated(unsafe) private var target = FuzzTarget.table[0]

/// `memtop-fuzz list`, `memtop-fuzz seeds DIRECTORY`, or `memtop-fuzz TARGET` with libFuzzer's arguments.
@main enum Fuzz {
  static func main() throws {
    let words = CommandLine.arguments
    switch words.dropFirst().first {
    case "list": print(FuzzTarget.table.map(\.name).joined(separator: "\n"))
    case "seeds": try writeSeeds(to: URL(fileURLWithPath: words[2]))
    case let name:
      guard let found = FuzzTarget.table.first(where: { $0.name == name }) else {
        fatalError("no such target; memtop-fuzz list")
      }
      target = found
      exit(run())
    }
  }

  private static func run() -> Int32 {
    // The name of the target is none of libFuzzer's.
    var count = CommandLine.argc - 1
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
    return runDriver(&count, &arguments) { bytes, size in
      target.run(Array(UnsafeBufferPointer(start: bytes, count: size)))
      return 0
    }
  }

  /// A directory a target, with its own seeds and all of the corpus.
  private static func writeSeeds(to directory: URL) throws {
    for target in FuzzTarget.table {
      let folder = directory.appendingPathComponent(target.name)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let seeds = target.seeds.map { Array($0.utf8) } + HostileCorpus.all.map(\.bytes)
      for (number, seed) in seeds.enumerated() {
        try Data(seed).write(to: folder.appendingPathComponent("seed-\(number)"))
      }
    }
  }
}
