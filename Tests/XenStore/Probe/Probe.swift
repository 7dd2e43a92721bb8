@preconcurrency import Glibc
import MemtopCore
import MemtopSystem
import MemtopXen

/// What the tests start as a process of its own, below a fake hypervisor or on a real one.
///
///     xen-probe host                       who this host is, or why it cannot be watched
///     xen-probe ticks COUNT MILLISECONDS   reads the host and prints what each reading cost
///     xen-probe set DOMID KIB              sets a target and prints what became of it
///     xen-probe endure DOMAINS TICKS       reads a busy host for long, and fails where that grows or loses
///     xen-probe flood DOMID COUNT          writes a report again and again, as fast as it is answered
///     xen-probe apply-target               the writer process of the former
///     xen-probe --save-domain …            waits, in the place of libxl's helper
@main
struct Probe {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    setvbuf(stdout, nil, _IOLBF, 0)
    switch (arguments.first, arguments.dropFirst().compactMap { Int64($0) }) {
    case ("host", _): print(host())
    case ("ticks", let numbers) where numbers.count == 2:
      ticks(Int(numbers[0]), everyMilliseconds: UInt32(numbers[1]))
    case ("set", let numbers) where numbers.count == 2:
      set(UInt16(numbers[0]), .kib(numbers[1]))
    case ("endure", let numbers) where numbers.count == 2:
      exit(Endurance.run(domains: Int(numbers[0]), ticks: Int(numbers[1])))
    case ("flood", let numbers) where numbers.count == 2:
      exit(Churn.flood(UInt16(numbers[0]), count: Int(numbers[1])))
    case ("--save-domain", _): while true { pause() }
    case (XenTargetWriter.subcommand, _):
      exit(TargetChild.run())
    default:
      exit(64)
    }
  }

  static func host() -> String {
    switch XenHost.probe() {
    case .success(let host): "\(host.hostname): Xen \(host.release)"
    case .failure(let why): "\(why)"
    }
  }

  static func source() -> XenSource {
    do {
      return try XenSource(try XenHost.probe().get(), parseDom0: { _ in nil })
    } catch {
      print("\(error)")
      exit(1)
    }
  }

  static func ticks(_ count: Int, everyMilliseconds pause: UInt32) {
    let source = source()
    for tick in 0..<count {
      if tick > 0 { usleep(pause * 1000) }
      let before = processorMicroseconds()
      do throws(SourceError) {
        let reading = try source.read()
        let spent = processorMicroseconds() - before
        print(
          "domains \(reading.domains.count) reads \(source.effort.storeReads)"
            + " events \(source.effort.events) us \(spent) total \(processorMicroseconds())"
            + " \(reading.host.storeProblem ?? "")")
      } catch {
        print("\(error)")
      }
    }
  }

  static func set(_ domid: UInt16, _ size: Bytes) {
    guard let domain = try? source().read().domains.first(where: { $0.id.domid == domid }) else {
      print("no domain \(domid)")
      return
    }
    let target = domain.keys[.target].flatMap { Bytes(storeKiB: $0) }
    let order = TargetOrder(
      domain: domain.id, name: "domain \(domid)", from: target, to: size,
      reason: "by hand")
    let outcome = XenTargetWriter().write(order, OrderTerm(judged: HostClock.system.steady()))
    _ = ChangeLog.write(order, outcome, author: OperatorName.current())
    print(
      "\(outcome.ending) target \(outcome.target?.kib ?? -1) limit \(outcome.limit.bytes?.kib ?? -1)"
    )
  }

  /// Of all threads.
  static func processorMicroseconds() -> Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000
      + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
  }
}
