# shellcheck shell=bash
# memtop simulate: a day of fifty guests, and the sweep that docs/which-regulator.md stands on.

bench_simulate() {
  local rule times
  for rule in regulator self qmemman squeezed fixed; do
    times=()
    while [ "${#times[@]}" -lt "${ROUNDS:-3}" ]; do
      times+=("$(seconds_of simulate --load office --rules "$rule")")
    done
    row "simulate, 24 h of 50 guests, $rule, s" 2 "$(median "${times[@]}")" "${times[*]}"
  done
  bench_sweep
}

bench_sweep() {
  local took
  took=$(seconds_of simulate --load all --seeds "${SEEDS:-100}" --format csv)
  cp "$work/simulate.out" "$work/which-regulator.csv"
  aside "simulate, ${SEEDS:-100} seeds of all loads under all policies, s" "$took" \
    "on two threads; $work/which-regulator.csv"
  row 'OOM kills of the regulator' 0 "$(sum_of oom_kills all regulator)" 'in all loads and seeds'
  row 'GiB h of the regulator / of fixed, office' 0.7 \
    "$(calculate "$(sum_of held_gib_h office regulator) / $(sum_of held_gib_h office fixed)")" \
    "against fixed-calm $(calculate \
      "$(sum_of held_gib_h office regulator) / $(sum_of held_gib_h office fixed-calm)")"
}

# seconds_of ARGUMENT…: how long memtop takes; what it prints is in simulate.out.
seconds_of() {
  local TIMEFORMAT=%R
  { time "$memtop" "$@" >"$work/simulate.out"; } 2>&1
}

# sum_of COLUMN LOAD POLICY: of which-regulator.csv.
sum_of() {
  awk -F , -v column="$1" -v load="$2" -v policy="$3" '
    NR == 1 { for (place = 1; place <= NF; place++) if ($place == column) found = place }
    NR > 1 && (load == "all" || $1 == load) && $2 == policy { sum += $found }
    END { print sum + 0 }' "$work/which-regulator.csv"
}
