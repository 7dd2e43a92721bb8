# shellcheck shell=bash
# What a tick costs at a thousand domains, as a ratio to the least that a program can spend on it
# (Tests/Bench/floor.c), by turns in one run.

bench_floor() {
  need_dom0
  need_floor
  dom0 many-domains 996 >&2
  compare_floor "nothing changes" 10
  churn 100
  # The changes come at each moment of a second in 21 seconds; what they cost depends on that, for the floor, too.
  # So over whole rounds, and several.
  compare_floor "100 reports change" 84
  end_churn
}

# It is built where Xen's headers are, and runs with the libraries that the dom0 has.
need_floor() {
  gcc -std=gnu11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -o "$work/floor" "$bench/floor.c" -lxenctrl
  "$lab" put "$work/floor" /usr/bin/floor
}

# compare_floor WHAT SECONDS: all, or what FLOOR_OF names of csv, screen, record, regulate and export.
compare_floor() {
  local least of=${FLOOR_OF:-csv screen record regulate export}
  least=$(dom0 floor "$2" | sed -n 's/.*cpu_us=\([0-9]*\).*/\1/p')
  [ -n "$least" ] || fail "floor said nothing"
  case $of in *csv*)
    floor_row csv 1.5 "$1" "$least" --count "$2" memtop -b --format csv --fields id,name,alloc,avail
    ;;
  esac
  case $of in *screen*) floor_row screen 2 "$1" "$least" "${screen[@]}" --count "$2" memtop ;; esac
  dom0 rm -f '/run/floor.memtop*'
  case $of in *record*)
    floor_row record 1.5 "$1" "$least" --count "$2" memtop record /run/floor.memtop
    ;;
  esac
  case $of in *regulate*)
    floor_row regulate 1.5 "$1" "$least" --count "$2" memtop regulate --dry-run
    ;;
  esac
  # At the interval that README shows.
  dom0 mkdir -p /run/floor.prom
  case $of in *export*)
    floor_row "export every 15 s" 1.5 "$1" "$least" --count 60 \
      memtop export --textfile /run/floor.prom --interval 15
    ;;
  esac
}

# floor_row NAME GOAL WHAT LEAST ARGUMENT…: what the command at the end costs a second, by what the floor costs.
floor_row() {
  local name=$1 goal=$2 what=$3 least=$4 cost
  shift 4
  cost=$(cpu_a_refresh --mark-seconds --skip 25 "$@")
  row "CPU a second, $name / floor, 1000 domains, $what" "$goal" "$(calculate "$cost / $least")" \
    "$cost us against $least us"
}
