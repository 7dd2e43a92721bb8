/// The program by which libxl saves a domain or sends it to another host, as it is seen among dom0's
/// processes (libxl_save_callout.c, run_helper).
///
/// It is the only sign of a live migration while its memory is copied, which takes minutes: the
/// domain is renamed only after that (xl_migrate.c, migrate_domain).
public enum SaveHelper {
  /// Its name as the kernel keeps it, in 15 bytes (/proc/PID/comm).
  public static let command = "libxl-save-help"

  private static let name = "libxl-save-helper"

  /// The domain that it saves; nil for any other process, and for one that restores.
  ///
  /// - Parameter commandLine: /proc/PID/cmdline, each word ended by a NUL: "…/libxl-save-helper
  ///   --save-domain STREAM_FD BACK_FD DOMID FLAGS CALLBACKS CHECKPOINTED".
  public static func domid(savedBy commandLine: [UInt8]) -> UInt16? {
    let words = commandLine.split(separator: 0, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard words.count > 4, words[0].split(separator: "/").last.map(String.init) == name,
      words[1] == "--save-domain"
    else { return nil }
    return UInt16(words[4])
  }
}
