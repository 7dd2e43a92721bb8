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

# A pid is reused some day: the moment of its start tells whose it is. (/proc/PID/cmdline would, too, but
# on a busy machine it reads as empty now and then.)
instance_runs() {
  local pid
  pid=$(cat "$folder/pid" 2>/dev/null) || return 1
  [ "$(start_of "$pid")" = "$(cat "$folder/started" 2>/dev/null)" ]
}

# When a process started, in the kernel's ticks; nothing where there is none, or only its remains.
start_of() {
  sed -n 's/^[0-9]* (.*) [^Z] //p' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 19 | grep . || echo none
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
