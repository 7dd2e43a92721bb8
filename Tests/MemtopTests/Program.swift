import Foundation

/// The program as a shell would start it.
struct Program {
  var status: Int32
  var output: String
  var errors: String

  /// Beside the tests' own bundle.
  static let path: String = {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    var directory = bundle.deletingLastPathComponent()
    while directory.path != "/" {
      let candidate = directory.appendingPathComponent("memtop").path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
      directory.deleteLastPathComponent()
    }
    preconditionFailure("no memtop beside \(bundle.path)")
  }()

  /// Runs memtop without a terminal until it ends.
  static func run(_ arguments: String...) throws -> Program { try start(arguments) }

  static func start(_ arguments: [String]) throws -> Program {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // What is said on standard error is a few lines: the pipe holds them until the end.
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let complained = errors.fileHandleForReading.readDataToEndOfFile()
    return Program(
      status: process.terminationStatus, output: String(decoding: said, as: UTF8.self),
      errors: String(decoding: complained, as: UTF8.self))
  }
}
