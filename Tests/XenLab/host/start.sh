# shellcheck shell=bash
# Starting an instance: boots the machine and waits until it can be used.

lab_start() {
  local memory=2048 dom0_memory=640 guests='pv1 pv2 pvh1' store=xenstored
  take_start_options "$@"
  ! instance_runs || fail "instance $instance runs already"
  build_images
  rm -rf "$folder"
  mkdir -p "$folder"
  boot_machine "$memory" "$dom0_memory" "lab.store=$store lab.guests=${guests// /:} lab.interval=$lab_report_seconds"
  await_line 'lab: dom0 ready'
  open_connection
  await_line 'lab: guests ready'
  sed -n 's/.*lab: \(the emulated machine failed\)/\1/p' "$folder/console.log"
  echo "lab: $instance is ready, ssh port $(cat "$folder/port")"
}

take_start_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --oxenstored) store=oxenstored ;;
      --memory) memory=${2:?} && shift ;;
      --dom0-mem) dom0_memory=${2:?} && shift ;;
      --guests) guests=${2/#none/} && shift ;;
      *) fail "start has no option $1" ;;
    esac
    shift
  done
}

# Dom0 says on its console how far it is; a line that begins "lab: failed" ends the wait. The limit is
# in the machine's own time; by the clock it is the end for a machine that is dead.
await_line() {
  local deadline=$(($(machine_seconds) + lab_boot_seconds)) end=$((SECONDS + 6 * lab_boot_seconds))
  until grep -qF "$1" "$folder/console.log" 2>/dev/null; do
    instance_runs || give_up "the machine ended"
    ! grep -qF 'lab: failed' "$folder/console.log" || give_up "dom0 reports a failure"
    [ "$(machine_seconds)" -lt "$deadline" ] && [ "$SECONDS" -lt "$end" ] ||
      give_up "no '$1' within $lab_boot_seconds s"
    sleep 0.25
  done
}

give_up() {
  echo "the end of $instance's console:" >&2
  tail -n 30 "$folder/console.log" >&2 || true
  lab_stop
  fail "$1"
}
