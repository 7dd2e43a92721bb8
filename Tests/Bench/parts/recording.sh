# shellcheck shell=bash
# Recordings: what they take, what it costs to write one, to write it out and to add it up; beside them atop's.
# On this machine, without a Xen: the load is seeded (Tests/Bench/Recording).

bench_recording() {
  tool=$root/.build/release/record-bench
  [ -x "$tool" ] || fail "no $tool: make bench builds it"
  local file=$work/load.memtop hours=${HOURS:-24}
  rm -f "$file" "$file"-*
  say "recording 100 domains at 1 Hz for $hours hours"
  figures write "$file" "$hours"
  row 'recorded: bytes a domain-sample' 4 "$(figure bytes_per_domain_sample)" \
    "${figures[domain_samples]} of them, ${figures[bytes]} bytes"
  row 'recording: CPU ms a sample' 1 "$(figure cpu_ms_per_sample)" '100 domains'
  say 'reading every cell again, and comparing it with what went in'
  figures verify "$file" "$hours"
  row 'recorded: bytes a changed row' 40 "$(figure bytes_per_changed_row)" \
    "${figures[changed_rows]} of them; ${figures[equal_samples]} samples equal, cell for cell"
  figures seek "$file" 200
  row 'opening a recording, ms' 50 "$(figure open_ms)" "first frame $(figure first_frame_ms) ms"
  row 'an instant on the screen, ms, median' 20 "$(figure jump_median_ms)" \
    "worst $(figure jump_worst_ms) ms"
  measure_reading "$file"
  measure_atop
}

# figures ARGUMENT…: what record-bench prints, as NAME=VALUE.
declare -A figures
figures() {
  local line
  while read -r line; do figures[${line%%=*}]=${line#*=}; done < <("$tool" "$@")
  [ ${#figures[@]} -gt 0 ] || fail "record-bench $1 failed"
}

figure() {
  calculate "${figures[$1]}"
}

measure_reading() {
  local spent
  spent=$(seconds "$memtop" dump "$1" --format csv)
  row 'dump --format csv: µs a domain-sample' 2 \
    "$(calculate "$spent * 1000000 / ${figures[domain_samples]}")" \
    "$(calculate "${figures[domain_samples]} / $spent") domain-samples a second"
  row 'report: seconds' 5 "$(seconds "$memtop" report "$1")" "over ${HOURS:-24} hours"
}

# seconds COMMAND…
seconds() {
  local begin=$EPOCHREALTIME
  "$@" >/dev/null
  calculate "$EPOCHREALTIME - $begin"
}

# atop's own way of recording, of the processes that are here: no figure to be reached.
measure_atop() {
  local file=$work/atop.raw samples=${ATOP_SAMPLES:-60} processes
  command -v atop >/dev/null || fail 'no atop: make bench installs it'
  rm -f "$file"
  say "atop -w for $samples seconds"
  atop -w "$file" 1 "$samples"
  processes=$(atop -r "$file" -P PRC | grep -c '^PRC')
  aside 'atop -w: bytes a process-sample' \
    "$(calculate "$(stat -c %s "$file") / $processes")" "$processes of them"
}
