# shellcheck shell=bash
# The instructions of user mode that a tick takes at a thousand domains, counted by callgrind: at rest, and
# where a hundred reports change. Over a real xenstored and faked hypercalls, on this machine.
#
# What callgrind found stays in .build/bench/tick; `callgrind_annotate` reads it. A release binary has no
# names of functions: `make build STRIPPED=-Xlinker\ --strip-debug` makes one that has them.

bench_tick() {
  local prepared=$root/.build/xenstore
  "$root/.ci/packages" valgrind
  "$root/Tests/XenStore/prepare" "$prepared"
  gcc -std=gnu11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -o "$work/meter" "$bench/meter.c"
  fake_host "$work/tick" "$prepared"
  put_domains 1001 "$work/tick" "$prepared"
  count_ticks "nothing changes" rest 1.0
  change_reports 100 "$prepared" &
  local changing=$!
  count_ticks "100 reports change" change 2.5
  kill "$changing"
  end_fake_host
}

# count_ticks WHAT NAME GOAL: csv and the screen.
count_ticks() {
  local of=${TICK_OF:-csv screen} csv screen
  case $of in *csv*)
    csv=$(instructions "csv-$2" "$memtop" -b --format csv --fields id,name,alloc,avail)
    row "csv, 1001 domains, $1: million instructions a tick" "$3" "$csv" "callgrind"
    ;;
  esac
  case $of in *screen*)
    screen=$(instructions "screen-$2" "$memtop")
    row "screen of 120x40, 1001 domains, $1: million instructions a tick" "$3" "$screen" "callgrind"
    ;;
  esac
}

# instructions NAME COMMAND…: those of a second, in millions, once it has settled.
instructions() {
  local out=$work/tick/$1 seconds=20 meter pid
  shift
  rm -f "$out".*
  # A mark that never comes: it is ended here.
  "$work/meter" --screen 120x40 --mark "no such words" --seconds 600 \
    env "${fake_environment[@]}" TERM=xterm-256color valgrind --tool=callgrind --separate-threads=no \
    --callgrind-out-file="$out.%p" --log-file="$out.log" "$@" >/dev/null 2>&1 &
  meter=$!
  until pid=$(sed -n 's/^==\([0-9]*\)==.*/\1/p;T;q' "$out.log" 2>/dev/null) && [ -n "$pid" ]; do sleep 0.2; done
  # The first reading, and the history's first levels.
  sleep "${TICK_WARM:-45}"
  callgrind_control -z "$pid" >/dev/null
  sleep "$seconds"
  callgrind_control -d "$pid" >/dev/null
  kill "$pid"
  wait "$meter" || true
  awk -v seconds="$seconds" '/^totals:/ { printf "%.2f\n", $2 / seconds / 1000000; exit }' "$out.$pid.1"
}
