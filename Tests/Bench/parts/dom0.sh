# shellcheck shell=bash
# The dom0 that is measured in, and the measuring.

export MEMTOP_LAB_NAME=bench MEMTOP_LAB_ICOUNT=3 MEMTOP_LAB_BOOT_SECONDS=1800 \
  MEMTOP_LAB_REPORT_SECONDS=1
lab=$root/Tests/XenLab/lab
guests='pv1 pv2 pv3'

# Starts it where it does not run yet: dom0 and three guests that report every second.
need_dom0() {
  ! "$lab" status | grep -q '^bench ' || return 0
  say "starting a dom0 with $guests"
  gcc -std=gnu11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -o "$work/meter" "$bench/meter.c"
  "$lab" start --guests "$guests" >&2
  "$lab" put "$work/meter" /usr/bin/meter
  "$lab" put "$memtop" /usr/bin/memtop
}

stop_dom0() {
  "$lab" stop
}

dom0() {
  "$lab" ssh "TERM=xterm-256color LANG=C.UTF-8 $*"
}

# measure OPTION… COMMAND…: what meter says, in the associative array `measured`.
declare -A measured
measure() {
  local pair line
  line=$(dom0 meter "$(printf '%q ' "$@")" 2>>"$work/errors") ||
    fail "not measured: $* (see $work/errors)"
  measured=()
  for pair in $line; do
    measured[${pair%%=*}]=${pair#*=}
  done
}

# cpu_a_refresh OPTION… COMMAND…: in microseconds, of the program alone.
cpu_a_refresh() {
  measure "$@"
  calculate "${measured[cpu]} / ${measured[marks]}"
}

batch_mark=(--mark ' ID NAME')
xentop_mark=(--mark 'NAME  STATE')
screen=(--screen 120x40)

# compare_time WHAT MUST MEMTOP… -- XL…: the ratio of times by dom0's clock, by turns.
compare_time() {
  local what=$1 must=$2 ours=() us=() them=() ratios=()
  shift 2
  while [ "$1" != -- ]; do
    ours+=("$1")
    shift
  done
  shift
  while [ "${#ratios[@]}" -lt "${ROUNDS:-3}" ]; do
    measure "${ours[@]}"
    us+=("${measured[wall]}")
    measure "$@"
    them+=("${measured[wall]}")
    ratios+=("$(calculate "${us[-1]} / ${them[-1]}")")
  done
  row "$what" "$must" "$(median "${ratios[@]}")" \
    "$(median "${us[@]}") us against $(median "${them[@]}") us; ratios ${ratios[*]}"
}

# compare WHAT MUST ROUNDS -- MEMTOP… -- XENTOP…: the ratio of CPU a refresh, by turns.
compare() {
  local what=$1 must=$2 times=$3 ours=() theirs=() ratios=() us=() them=()
  shift 4
  while [ "$1" != -- ]; do
    ours+=("$1")
    shift
  done
  shift
  theirs=("$@")
  while [ "${#ratios[@]}" -lt "$times" ]; do
    us+=("$(cpu_a_refresh "${ours[@]}")")
    them+=("$(cpu_a_refresh "${theirs[@]}")")
    ratios+=("$(calculate "${us[-1]} / ${them[-1]}")")
  done
  row "$what" "$must" "$(median "${ratios[@]}")" \
    "$(median "${us[@]}") us against $(median "${them[@]}") us; ratios ${ratios[*]}"
}
