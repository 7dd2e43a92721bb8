# shellcheck shell=bash
# What a tick costs at a thousand domains, as a ratio to the least that a program can spend on it
# (Tests/Bench/floor.c), by turns in one run.

bench_floor() {
  need_dom0
  need_floor
  dom0 many-domains 996 >&2
  compare_floor "nothing changes" 10
  churn 100
  # Twice as long as it takes the changes to come at each moment of a second.
  compare_floor "100 reports change" 40
  end_churn
}

# It is built where Xen's headers are, and runs with the libraries that the dom0 has.
need_floor() {
  gcc -std=gnu11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -o "$work/floor" "$bench/floor.c" -lxenctrl
  "$lab" put "$work/floor" /usr/bin/floor
}

# compare_floor WHAT SECONDS
compare_floor() {
  local least csv screen_cost service cost
  least=$(dom0 floor "$2" | sed -n 's/.*cpu_us=\([0-9]*\).*/\1/p')
  [ -n "$least" ] || fail "floor said nothing"
  csv=$(cpu_a_refresh --mark-seconds --skip 25 --count "$2" \
    memtop -b --format csv --fields id,name,alloc,avail)
  screen_cost=$(cpu_a_refresh "${screen[@]}" --mark-seconds --skip 25 --count "$2" memtop)
  row "CPU a second, csv / floor, 1000 domains, $1" 1.5 "$(calculate "$csv / $least")" \
    "$csv us against $least us"
  row "CPU a second, screen / floor, 1000 domains, $1" 2 "$(calculate "$screen_cost / $least")" \
    "$screen_cost us against $least us"
  dom0 rm -f '/run/floor.memtop*'
  for service in "record /run/floor.memtop" "regulate --dry-run"; do
    # shellcheck disable=SC2086
    cost=$(cpu_a_refresh --mark-seconds --skip 25 --count "$2" memtop $service)
    row "CPU a second, ${service%% *} / floor, 1000 domains, $1" 1.5 "$(calculate "$cost / $least")" \
      "$cost us against $least us"
  done
  # At the interval that README shows.
  dom0 mkdir -p /run/floor.prom
  cost=$(cpu_a_refresh --mark-seconds --skip 25 --count 60 \
    memtop export --textfile /run/floor.prom --interval 15)
  row "CPU a second, export every 15 s / floor, 1000 domains, $1" 1.5 \
    "$(calculate "$cost / $least")" "$cost us against $least us"
}
