# shellcheck shell=bash
# An instance: one emulated machine, by name, with a folder for its state.

# Takes --name from the options; they end at the first word that is neither one nor its value.
take_instance() {
  instance=${MEMTOP_LAB_NAME:-default}
  arguments=()
  while [[ ${1:-} == -* ]]; do
    case $1 in
      --name) instance=${2:?} && shift ;;
      --memory | --dom0-mem | --guests) arguments+=("$1" "${2?}") && shift ;;
      *) arguments+=("$1") ;;
    esac
    shift
  done
  arguments+=("$@")
  [[ $instance =~ ^[A-Za-z0-9_.-]+$ ]] || fail "not a name for an instance: $instance"
  folder=$lab_instances/$instance
}

instance_runs() {
  local pid
  pid=$(cat "$folder/pid" 2>/dev/null) || return 1
  # A pid is reused some day; the path of the console's log is ours alone.
  tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$folder/console.log"
}

need_instance() {
  instance_runs || fail "instance $instance does not run (lab start --name $instance)"
}

show_status() {
  local found=
  for folder in "$lab_instances"/*/; do
    folder=${folder%/}
    instance_runs || continue
    found=yes
    echo "$(basename "$folder") pid $(cat "$folder/pid") port $(cat "$folder/port")"
  done
  [ -n "$found" ] || echo "no instance runs"
}

lab_console() {
  tail -n "${1:-40}" "$folder/console.log"
}

lab_stop() {
  if instance_runs; then
    close_connection
    end_machine
  fi
  rm -rf "$folder"
}
