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

# count_ticks WHAT NAME GOAL: csv and the screen, and the services as far as they are asked for.
count_ticks() {
  local of=${TICK_OF:-csv screen record regulate export} csv screen service
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
  for service in record regulate export; do
    case $of in *$service*)
      aside "$service, 1001 domains, $1: million instructions a tick (export: a scrape)" \
        "$(service_ticks "$service" "$2")" "callgrind"
      ;;
    esac
  done
}

# service_ticks SERVICE NAME: those of a second; of export those of a scrape.
service_ticks() {
  case $1 in
    record) instructions "record-$2" "$memtop" record "$work/tick/$2.memtop" ;;
    regulate) instructions "regulate-$2" "$memtop" regulate --dry-run ;;
    export) scrape_instructions "$2" ;;
  esac
}

# scrape_instructions NAME: one scrape after the other for the time of a measurement, divided by their number.
scrape_instructions() {
  local url=http://127.0.0.1:10640/metrics scraping scrapes
  : >"$work/tick/scrapes"
  while true; do
    curl -s -m 20 -o "$work/tick/scraped" "$url" && date +%s >>"$work/tick/scrapes"
    sleep 0.2
  done &
  scraping=$!
  scrapes=$(instructions "export-$1" "$memtop" export --listen 127.0.0.1:10640)
  kill "$scraping"
  # The measurement is the last twenty seconds.
  awk -v rate="$scrapes" '{ at[NR] = $1 } END {
    for (i in at) if (at[i] > at[NR] - 20) count++
    printf "%.2f\n", rate * 20 / (count ? count : 1) }' "$work/tick/scrapes"
}

# instructions NAME COMMAND…: those of a second, in millions, once it has settled.
instructions() {
  local out=$work/tick/$1 seconds=20 meter pid tries=0
  shift
  rm -f "$out".*
  # A mark that never comes: it is ended here.
  "$work/meter" --screen 120x40 --mark "no such words" --seconds 600 \
    env "${fake_environment[@]}" TERM=xterm-256color valgrind --tool=callgrind --separate-threads=no \
    --callgrind-out-file="$out.%p" --log-file="$out.log" "$@" >/dev/null 2>&1 &
  meter=$!
  until pid=$(sed -n 's/^==\([0-9]*\)==.*/\1/p;T;q' "$out.log" 2>/dev/null) && [ -n "$pid" ]; do
    [ $((tries += 1)) -lt 600 ] || fail "valgrind has not begun: $out.log"
    sleep 0.2
  done
  # The first reading, and the history's first levels.
  sleep "${TICK_WARM:-45}"
  callgrind_control -z "$pid" >/dev/null
  sleep "$seconds"
  callgrind_control -d "$pid" >/dev/null
  kill "$pid"
  wait "$meter" || true
  awk -v seconds="$seconds" '/^totals:/ { printf "%.2f\n", $2 / seconds / 1000000; exit }' "$out.$pid.1"
}
