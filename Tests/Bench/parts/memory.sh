# shellcheck shell=bash
# Resident memory of the screen after some minutes.

bench_memory() {
  need_dom0
  measure_memory 'RSS after a while, MB, 4 domains' 12
}

# measure_memory WHAT MUST
measure_memory() {
  say "watching memory for ${MINUTES:-10} minutes of dom0's time"
  measure "${screen[@]}" --mark-seconds --count $((${MINUTES:-10} * 60)) --seconds 86000 memtop
  row "$1" "$2" "$(calculate "${measured[rss]} * 1024 / 1000000")" \
    "RssAnon $(calculate "${measured[anon]} * 1024 / 1000000") MB, after ${MINUTES:-10} min"
}
