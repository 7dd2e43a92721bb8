import Testing

@Suite("completion in bash", .timeLimit(.minutes(30)))
struct CompletionTests {
  /// What is offered for the last of these words, in order.
  private func offered(_ words: [String]) throws -> [String] {
    let run = try Program.shell(
      #"""
      . <("$0" --generate-completion-script bash)
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
      _memtop memtop "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      echo "${COMPREPLY[*]}"
      """#, words)
    #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
    return run.output.split { $0 == " " || $0 == "\n" }.map(String.init)
  }

  @Test(
    "the values of an option are those of the command that was typed",
    arguments: [
      (["memtop", "--format", ""], ["table", "csv", "json"]),
      (["memtop", "-b", "--demo", "--format", "c"], ["csv"]),
      (
        ["memtop", "dump", "f", "--format", ""], ["table", "csv", "json", "openmetrics", "memtop"]
      ),
      (["memtop", "policy", "--format", ""], ["table", "csv"]),
      (["memtop", "--demo", "policy", "--format", ""], ["table", "csv"]),
      (["memtop", "simulate", "--format", ""], ["table", "csv"]),
      (["memtop", "simulate", "--scenario", "datac"], []),
      (["memtop", "check", "--scenario", "datac"], ["datacenter"]),
      (["memtop", "dump", "f", "--fields", "psi"], ["psi_some", "psi_full"]),
      (["memtop", "check", "--sil"], ["--silent"]), (["memtop", "reco"], ["record"]),
    ])
  func values(words: [String], expected: [String]) throws {
    #expect(try offered(words) == expected)
  }
}
