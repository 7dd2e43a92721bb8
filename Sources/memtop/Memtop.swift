import ArgumentParser
import MemtopCore

@main
struct Memtop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memtop", abstract: "See and move the memory of a Xen host's domains.")
}
