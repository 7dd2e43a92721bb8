import Testing

/// Everything on a real Xen: one test after another, since they share the machine. Each brings what
/// it needs into the state that it needs, and none relies on another.
@Suite(
  "on a real Xen", .serialized, .enabled(if: Lab.isPresent, "QEMU or Xen's packages cannot be had"),
  HealthyMachine(), .timeLimit(.minutes(120)))
enum XenLab {}
