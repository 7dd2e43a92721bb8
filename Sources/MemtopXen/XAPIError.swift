import MemtopCore

/// What `xe` says where XAPI does not do what it was asked, in an operator's words.
///
/// xe prints either the code with its parameters ("Error code: CODE", "Error parameters: a, b") or XAPI's
/// sentence for the code with one line for each parameter ("needed: 8589934592"). What it prints may
/// quote names that users of XAPI chose, so none of it is shown but what was parsed.
struct XAPIError: Hashable {
  private let text: String
  private let status: Int32

  init(_ output: [UInt8], status: Int32) {
    text = String(decoding: output.prefix(Self.most), as: UTF8.self)
    self.status = status
  }

  private static let most = 4096

  /// One error that is known: its code, XAPI's sentence for it (xen-api, datamodel_errors.ml), and what to
  /// tell.
  private struct Known {
    let code: String
    let sentence: String
    let words: @Sendable (XAPIError) -> String
  }

  /// The more special ones first: a code may be the beginning of another.
  private static let known = [
    Known(
      code: "MEMORY_CONSTRAINT_VIOLATION_ORDER",
      sentence: "violates constraint static_min <= dynamic_min"
    ) { _ in
      "XAPI refuses this size: it must be between the VM's memory-static-min and"
        + " memory-static-max (xe vm-param-list shows them)"
    },
    Known(
      code: "MEMORY_CONSTRAINT_VIOLATION_MAXPIN",
      sentence: "violates constraint static_min = dynamic_min"
    ) { $0.maxPin },
    Known(
      code: "HOST_NOT_ENOUGH_FREE_MEMORY", sentence: "memory is available to perform this operation"
    ) { $0.shortage },
    Known(
      code: "OTHER_OPERATION_IN_PROGRESS", sentence: "Another operation involving the object"
    ) { _ in "XAPI is busy with another operation on this VM; try again when that has ended" },
    Known(
      code: "VM_BAD_POWER_STATE", sentence: "not in an appropriate power state"
    ) { _ in "XAPI says that the VM is not in a power state in which its memory can be changed" },
    Known(code: "RBAC_PERMISSION_DENIED", sentence: "RBAC permission denied") { _ in
      "XAPI does not permit it: the role vm-power-admin is needed"
    },
    Known(code: "UUID_INVALID", sentence: "The uuid you supplied was invalid") { _ in
      "XAPI knows no VM of this uuid; it was not created by XAPI"
    },
    Known(code: "HOST_IS_SLAVE", sentence: "The host is not the pool master") { _ in
      "XAPI on this host is not the pool's coordinator and did not pass the call on"
    },
    Known(code: "SESSION_AUTHENTICATION_FAILED", sentence: "credentials given by the user") { _ in
      "XAPI did not accept xe's session"
    },
    Known(code: "Connection refused", sentence: "lost connection to the server") { _ in
      "XAPI does not run or is being started; try again in a minute"
    },
  ]

  var description: String {
    if status == XAPITool.notStarted, text.isEmpty { return "xe could not be started" }
    guard
      let found = Self.known.first(where: { text.contains($0.code) || text.contains($0.sentence) })
    else { return "xe failed with status \(status): \(firstLine)" }
    return found.words(self)
  }

  private var maxPin: String {
    let reasons = [
      ("control domain", "it is a control domain"),
      ("nested virt", "it uses nested virtualization"),
      ("DMC", "dynamic memory control is not available here"),
    ]
    let why = reasons.first { text.contains($0.0) }.map { ": \($0.1)" } ?? ""
    return "XAPI keeps this VM's memory at its static-max" + why
  }

  /// The parameters are what is needed and what is free, in bytes or in KiB by version, so neither is told.
  private var shortage: String {
    "XAPI refuses: the host has not enough free memory for the sum of all VMs' dynamic-min"
  }

  /// Safe to show, whoever wrote it.
  private var firstLine: String {
    let line = text.split(separator: "\n").first { $0.contains { !$0.isWhitespace } } ?? "no output"
    return SafeText.escaped(Array(line.utf8), limit: 160)
  }
}
