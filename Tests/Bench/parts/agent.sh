# shellcheck shell=bash
# What memtop-agent costs its guest, under dash with Debian's tools.

bench_agent() {
  need_dom0
  local pair costs line
  declare -A costs
  # Twelve intervals: two minutes, within which the keys beside the report are looked after once.
  line=$(dom0 LAB_GUEST_SECONDS=3600 guest-run pv1 "'agent-cost 12 -i 10'" 2>>"$work/errors") ||
    fail "not measured: agent-cost (see $work/errors)"
  for pair in $line; do
    costs[${pair%%=*}]=${pair#*=}
  done
  row 'CPU of an interval of memtop-agent, 10 s / a bare xenstore-write' 3 \
    "$(calculate "${costs[agent]} / ${costs[bare]}")" "${costs[agent]} us against ${costs[bare]} us"
  row 'private memory of memtop-agent and its helper, MiB' 1 \
    "$(calculate "${costs[private]} / 1024")" "${costs[private]} KiB under dash"
}
