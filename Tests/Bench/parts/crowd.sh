# shellcheck shell=bash
# A thousand domains, a hundred of which change their report every second.

bench_crowd() {
  need_dom0
  dom0 many-domains 996 >&2
  bench_crowd_start
  churn 100
  compare 'CPU a refresh, batch / xentop -b, 1000 domains' 0.02 1 \
    -- "${batch_mark[@]}" --skip 5 --count 10 memtop -b \
    -- "${xentop_mark[@]}" --skip 1 --count 3 xentop -b -d 1
  compare 'CPU a refresh, screen / xentop, 1000 domains' 0.04 1 \
    -- "${screen[@]}" --mark-seconds --skip 25 --count 10 memtop \
    -- "${screen[@]}" --mark-bursts --skip 2 --count 3 xentop -d 1
  measure_memory 'RSS after a while, MB, 1000 domains' 20
  end_churn
}

# What an operator waits for. The guests without a kernel are called bare0000 and so on.
bench_crowd_start() {
  compare_time 'start to first frame / xl list, 1000 domains' 1 \
    "${screen[@]}" --mark bare memtop -- --mark-end xl list
  compare_time 'start to a frame of all figures / xl list, 1000 domains' 2 \
    "${screen[@]}" --mark ' reporting' --mark 'every 1s' memtop -- --mark-end xl list
  compare_time 'names, sizes and targets as csv / xl list, 1000 domains' 2 \
    --mark-end memtop -b -n 1 --format csv --fields id,name,alloc,target -- --mark-end xl list
  compare_time 'memtop set / xl mem-set, 1000 domains' 2 \
    --mark-end memtop set pv1 195M --yes -- --mark-end xl mem-set pv1 194
}
