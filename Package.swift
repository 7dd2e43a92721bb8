// swift-tools-version: 6.2
import PackageDescription

// What the Makefile asks for, and nobody who depends on a library of this package: flags that SwiftPM
// calls unsafe, and warnings as errors, which a later compiler has more of.
let isOurs = Context.environment["MEMTOP_MAKE"] != nil
let strict: [SwiftSetting] = isOurs ? [.treatAllWarnings(as: .error)] : []
let strictC: [CSetting] = isOurs ? [.treatAllWarnings(as: .error)] : []
/// Where little time is spent, small code is better than quick code.
let small: [SwiftSetting] =
  isOurs ? [.unsafeFlags(["-Osize"], .when(configuration: .release))] : []
/// For tests that look at millions of cells.
let quick: [SwiftSetting] = isOurs ? [.unsafeFlags(["-O"], .when(configuration: .debug))] : []

let package = Package(
  name: "memtop",
  products: [
    .executable(name: "memtop", targets: ["memtop"]),
    // For programs that read recordings.
    .library(name: "MemtopCore", targets: ["MemtopCore"]),
    .library(name: "MemtopRecording", targets: ["MemtopRecording"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // C: libxenctrl, libxenstore and libxenlight, opened at run time. Nothing is linked.
    .target(
      name: "XenBridge", cSettings: strictC,
      linkerSettings: [.linkedLibrary("dl")]),
    // C: libevent's loop and HTTP server.
    .target(
      name: "CEvent", cSettings: strictC,
      linkerSettings: [.linkedLibrary("event_core"), .linkedLibrary("event_extra")]),
    // C: what Swift cannot call of Linux, and the crash handler.
    .target(name: "CLinux"),
    // The Makefile links these statically into the release, so that a dom0 needs nothing installed.
    .systemLibrary(name: "CNcurses"),
    .systemLibrary(name: "CSQLite"),
    .systemLibrary(name: "CInih"),

    .target(name: "MemtopCore", swiftSettings: strict),
    // The screen: state, keys, commands, and what they draw. It does no input or output.
    .target(name: "MemtopUI", dependencies: ["MemtopCore"], swiftSettings: strict),
    // Simulated guests and hosts: the demo, and the study of policies.
    .target(name: "MemtopSimulation", dependencies: ["MemtopCore"], swiftSettings: strict),
    // The event loop, clocks, signals, threads and errors of Linux.
    .target(
      name: "MemtopSystem", dependencies: ["MemtopCore", "CLinux"], swiftSettings: strict),
    .target(
      name: "MemtopXen", dependencies: ["MemtopCore", "MemtopSystem", "XenBridge", "CLinux"],
      swiftSettings: strict),
    .target(
      name: "MemtopRecording", dependencies: ["MemtopCore", "CSQLite", "CLinux"],
      swiftSettings: strict,
      linkerSettings: [.linkedLibrary("sqlite3")]),
    // Policies and scenarios that operators write, read with libinih; xl's files, by a parser of our own.
    .target(
      name: "MemtopConf", dependencies: ["MemtopCore", "CInih"], swiftSettings: strict,
      linkerSettings: [.linkedLibrary("inih")]),
    // The HTTP server of metrics, on libevent.
    .target(
      name: "MemtopHTTP", dependencies: ["MemtopCore", "MemtopSystem", "CEvent"],
      swiftSettings: strict),
    .executableTarget(
      name: "memtop",
      dependencies: [
        "MemtopCore", "MemtopUI", "MemtopSimulation", "MemtopSystem", "MemtopXen",
        "MemtopRecording", "MemtopConf", "MemtopHTTP",
        "CNcurses", "CLinux",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict + small,
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),

    .testTarget(
      name: "MemtopCoreTests",
      dependencies: ["MemtopCore", "MemtopUI", "MemtopSimulation", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "MemtopUITests",
      dependencies: ["MemtopCore", "MemtopUI", "MemtopSimulation", "TestSupport"],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "MemtopSimulationTests",
      dependencies: ["MemtopCore", "MemtopSimulation", "TestSupport"], swiftSettings: strict),
    // What the tests of all three share.
    .target(
      name: "TestSupport", dependencies: ["MemtopCore", "MemtopSimulation", "MemtopSystem"],
      path: "Tests/Support",
      swiftSettings: strict),
    .testTarget(
      name: "MemtopConfTests", dependencies: ["MemtopConf", "MemtopCore", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "MemtopRecordingTests",
      dependencies: [
        "MemtopCore", "MemtopUI", "MemtopSimulation", "MemtopRecording", "CSQLite", "CLinux",
        "RecordedLoad", "record-probe", "TestSupport",
      ],
      exclude: ["Recordings"], swiftSettings: strict),
    // A load of which every sample can be told by its number, and a program that writes it until it is
    // killed, or its machine loses power.
    .target(
      name: "RecordedLoad",
      dependencies: ["MemtopCore", "MemtopUI", "MemtopSimulation", "MemtopRecording"],
      path: "Tests/Recording/Load", swiftSettings: strict),
    .executableTarget(
      name: "record-probe",
      dependencies: ["MemtopCore", "MemtopRecording", "RecordedLoad", "CSQLite"],
      path: "Tests/Recording/Probe", swiftSettings: strict),
    // The program: what it prints and how it ends.
    .testTarget(
      name: "MemtopTests",
      dependencies: [
        "memtop", "MemtopCore", "MemtopUI", "MemtopSimulation", "MemtopSystem", "MemtopXen",
        "MemtopRecording", "MemtopConf", "MemtopHTTP", "CSQLite", "CLinux", "TestSupport",
      ],
      swiftSettings: strict),
    .target(name: "Patience", path: "Tests/Patience", swiftSettings: strict),
    // The real xenstored, with a fake hypervisor below the real libxenctrl.
    .testTarget(
      name: "XenStoreTests",
      dependencies: [
        "MemtopCore", "MemtopXen", "XenBridge", "Patience", "TestSupport", "xen-probe",
      ],
      path: "Tests/XenStore", exclude: ["prepare", "fakes", "Probe"], swiftSettings: strict),
    // A real Xen in QEMU, with the release binary in its dom0.
    .testTarget(
      name: "XenLabTests", path: "Tests/XenLab",
      exclude: [
        "lab", "host", "dom0", "guest", "many-domains.c", "need-memory.c", "node-affinity.c",
        "xs.c",
        ".shellcheckrc",
      ],
      swiftSettings: strict),
    // What those tests start as a process of its own.
    .executableTarget(
      name: "xen-probe", dependencies: ["MemtopCore", "MemtopXen", "MemtopSystem"],
      path: "Tests/XenStore/Probe", swiftSettings: strict),
    // The fixed load that recordings are measured with.
    .executableTarget(
      name: "record-bench",
      dependencies: ["MemtopCore", "MemtopUI", "MemtopSimulation", "MemtopRecording"],
      path: "Tests/Bench/Recording", swiftSettings: strict),
    // The real binary on terminals of the tests' own.
    .testTarget(
      name: "TerminalTests",
      dependencies: [
        "memtop", "MemtopCore", "MemtopUI", "Patience", "PseudoTerminal", "TerminalEmulator",
      ],
      path: "Tests/Terminal", exclude: ["Emulator", "PseudoTerminal"],
      swiftSettings: strict + quick),
    .target(
      name: "PseudoTerminal", path: "Tests/Terminal/PseudoTerminal",
      cSettings: strictC),
    // libvterm, for those tests alone.
    .target(
      name: "TerminalEmulator", path: "Tests/Terminal/Emulator",
      cSettings: strictC,
      linkerSettings: [.linkedLibrary("vterm")]),
  ],
  swiftLanguageModes: [.v6]
)

// MEMTOP_TESTS="MemtopTests XenStoreTests" builds only these test targets: for working on one of them.
if let only = Context.environment["MEMTOP_TESTS"]?.split(separator: " "), only != ["all"] {
  package.targets.removeAll { $0.type == .test && !only.contains($0.name[...]) }
}

// `make fuzz` names libFuzzer's archive: the parsers count what of them was run.
if let runtime = Context.environment["MEMTOP_FUZZER"] {
  let parsers = ["MemtopCore", "MemtopConf", "MemtopUI", "MemtopXen", "MemtopRecording"]
  for target in package.targets where parsers.contains(target.name) {
    target.swiftSettings = strict + [.unsafeFlags(["-sanitize=fuzzer", "-O"])]
  }
  package.targets.append(
    .executableTarget(
      name: "memtop-fuzz",
      dependencies: [
        "MemtopCore", "MemtopConf", "MemtopUI", "MemtopXen", "MemtopRecording", "TestSupport",
      ],
      path: "Tests/Fuzz", exclude: ["Wire"], swiftSettings: strict,
      linkerSettings: [
        .unsafeFlags(["-Xlinker", runtime]), .linkedLibrary("stdc++"), .linkedLibrary("m"),
      ]))
}
