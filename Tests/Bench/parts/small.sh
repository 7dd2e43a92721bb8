# shellcheck shell=bash
# Four domains: dom0 and three guests that report every second.

bench_small() {
  need_dom0
  compare 'CPU a refresh, batch / xentop -b, 4 domains' 0.2 "${ROUNDS:-3}" \
    -- "${batch_mark[@]}" --skip 5 --count 20 memtop -b \
    -- "${xentop_mark[@]}" --skip 3 --count 10 xentop -b -d 1
  bench_start
  compare 'CPU a refresh, screen / xentop, 4 domains (no figure)' 1 1 \
    -- "${screen[@]}" --mark-seconds --skip 10 --count 20 memtop \
    -- "${screen[@]}" --mark-bursts --skip 3 --count 10 xentop -d 1
}

# A frame is full once it names every domain.
bench_start() {
  local name marks=(--mark Domain-0) ours=() theirs=() ratios=()
  for name in $guests; do
    marks+=(--mark "$name")
  done
  # One of each beforehand, so that no file is read for the first time.
  measure "${screen[@]}" "${marks[@]}" memtop
  measure --mark-end xl list
  while [ "${#ratios[@]}" -lt $((2 * ${ROUNDS:-3} + 1)) ]; do
    measure "${screen[@]}" "${marks[@]}" memtop
    ours+=("${measured[wall]}")
    measure --mark-end xl list
    theirs+=("${measured[wall]}")
    ratios+=("$(calculate "${ours[-1]} / ${theirs[-1]}")")
  done
  row 'start to first full frame / xl list, 4 domains' 1 "$(median "${ratios[@]}")" \
    "$(median "${ours[@]}") us against $(median "${theirs[@]}") us; ratios ${ratios[*]}"
}
