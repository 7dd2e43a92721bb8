/// An error of libxl's in words (libxl_types.idl, "error").
struct LibxlError: Error, CustomStringConvertible {
  let code: Int32
  /// What libxl logged: "libxl_mem.c:123:function: Domain 7:what is wrong".
  let words: String

  private var meaning: String? {
    switch code {
    case -3: "libxl failed"
    case -5: "out of memory"
    case -6: "libxl refuses this size"
    case -15: "libxl cannot lock the domain: it is gone"
    case -16: "libxl did not build this domain; its own toolstack must set the target"
    default: nil
    }
  }

  var description: String {
    let meaning = meaning ?? "libxl error \(code)"
    return words.isEmpty ? meaning : "\(meaning) (\(withoutPlace))"
  }

  /// The place in libxl's source means nothing to an operator.
  private var withoutPlace: Substring {
    let parts = words.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0].hasSuffix(".c") else { return words[...] }
    return parts[3].drop { $0 == " " }
  }
}
