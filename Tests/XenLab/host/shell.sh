# shellcheck shell=bash
# An interactive look: what `make lab` runs.

lab_shell() {
  local memtop=$lab_repository/.build/release/memtop
  if ! instance_runs; then
    trap lab_stop EXIT
    lab_start "$@"
  fi
  [ ! -x "$memtop" ] || lab_put "$memtop" /usr/bin/memtop
  # A shell that ends with an error is no error of the lab's.
  with_connection -t 127.0.0.1 || true
}
