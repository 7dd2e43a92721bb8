# shellcheck shell=bash
# What goes to the terminal while every one of 20 domains changes each second.

bench_bytes() {
  need_dom0
  dom0 many-domains 16 >&2
  churn 16
  measure "${screen[@]}" --mark-seconds --skip 10 --count 40 memtop
  row 'bytes a second to a 120x40 terminal, 20 domains' 1500 "${measured[second_median]}" \
    "at most ${measured[second_most]}, over 40 s"
  end_churn
  dom0 many-domains --destroy >&2
}

# churn COUNT: that many domains change their report every second, until end_churn.
churn() {
  dom0 "setsid many-domains --churn $1 </dev/null >/dev/null 2>&1 &"
}

end_churn() {
  dom0 killall many-domains
}
