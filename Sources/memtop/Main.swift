import CLinux
import Glibc
import MemtopXen
import MemtopSystem

@main
enum Main {
  static func main() {
    if geteuid() == 0 { RootEnvironment.restrict() }
    mt_use_one_arena()
    // Before anything opens a file, in whatever this process is about to be.
    StandardDescriptors.openClosed()
    // Neither a file that may not grow further nor a reader that has gone ends it without a word:
    // both are errors of the write that met them (`Output`).
    signal(SIGXFSZ, SIG_IGN)
    signal(SIGPIPE, SIG_IGN)
    mt_crash_guard_bus_error()
    let arguments = CommandLine.arguments
    // memtop's own writer process; no option of an operator's has a say in it.
    if arguments.count > 1, arguments[1] == XenTargetWriter.subcommand {
      exit(TargetChild.run())
    }
    if arguments.count <= 1 { MemtopCommand.runPlain() }
    if let set = PlainSet(Array(arguments.dropFirst())) { set.run() }
    Invocation.run(Array(arguments.dropFirst()))
  }
}
