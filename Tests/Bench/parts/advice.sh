# shellcheck shell=bash
# Advice for every domain of a large host, by a policy of six rules (Tests/Bench/Recording/Advising.swift).

bench_advice() {
  tool=$root/.build/release/record-bench
  [ -x "$tool" ] || fail "no $tool: make bench builds it"
  figures advice 1000 500
  row 'advice for 1,000 domains, ms' 1 "$(figure advice_ms)" \
    "worst of 500 $(figure advice_worst_ms) ms; ${figures[advised_domains]} advised"
}
