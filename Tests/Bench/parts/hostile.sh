# shellcheck shell=bash
# A guest that rewrites its report as fast as xenstored lets it, on a host of a thousand domains: what that
# costs memtop, and what it costs one who only watches. On this machine, over a fake hypervisor.

bench_hostile() {
  local prepared=$root/.build/xenstore probe=$root/.build/release/xen-probe
  [ -x "$probe" ] || fail "no $probe: make bench builds it"
  "$root/Tests/XenStore/prepare" "$prepared"
  fake_host "$work/hostile" "$prepared"
  put_domains 1000 "$work/hostile" "$prepared"
  local ours=() theirs=() ratios=()
  while [ "${#ratios[@]}" -lt "${ROUNDS:-3}" ]; do
    ours+=("$(cpu_in_flood "$probe" "$memtop" -b --format csv --fields name,avail)")
    theirs+=("$(cpu_in_flood "$probe" "$prepared/tools/xenstore-watch" /local/domain)")
    ratios+=("$(calculate "${ours[-1]} / ${theirs[-1]}")")
  done
  end_fake_host
  row 'CPU in a flood of 200,000 writes, memtop -b / xenstore-watch' 2 "$(median "${ratios[@]}")" \
    "$(median "${ours[@]}") ms against $(median "${theirs[@]}") ms; ratios ${ratios[*]}"
}

# cpu_in_flood PROBE PROGRAM…: milliseconds of all its threads while a guest floods.
cpu_in_flood() {
  local probe=$1 out=$work/hostile/out before after pid tries=0
  shift
  : >"$out"
  env "${fake_environment[@]}" "$@" >"$out" &
  pid=$!
  until [ -s "$out" ]; do
    kill -0 "$pid" || fail "$1 has ended"
    [ $((tries += 1)) -lt 2400 ] || fail "$1 says nothing"
    sleep 0.05
  done
  before=$(cpu_ns "$pid")
  env "${fake_environment[@]}" "$probe" flood 7 200000
  after=$(cpu_ns "$pid")
  kill "$pid"
  wait "$pid" 2>/dev/null || true
  calculate "($after - $before) / 1000000"
}

# The scheduler's own count, of all threads.
cpu_ns() {
  cat /proc/"$1"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.0f\n", sum }'
}
