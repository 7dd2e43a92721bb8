# shellcheck shell=bash
# The figures as they come in, and the table at the end.

fail() {
  echo "bench: $*" >&2
  exit 2
}

say() {
  echo "bench: $*" >&2
}

begin_table() {
  : >"$work/table"
}

# row WHAT MUST GOT DETAIL: MUST and GOT are numbers; reached where GOT is not above MUST.
row() {
  local verdict
  verdict=$(awk -v got="$3" -v must="$2" 'BEGIN { print got <= must ? "reached" : "MISSED" }')
  printf '%s|%s|%s|%s|%s\n' "$1" "$2" "$3" "$verdict" "$4" >>"$work/table"
  say "$1: $3 (must reach $2): $verdict; $4"
}

# aside WHAT GOT DETAIL: a figure of another program's, that nothing is promised of.
aside() {
  printf '%s|-|%s|-|%s\n' "$1" "$2" "$3" >>"$work/table"
  say "$1: $2; $3"
}

end_table() {
  echo
  echo "$(machine), $(date +%F), memtop $(git -C "$root" rev-parse --short HEAD)"
  echo
  {
    echo 'what|must reach|got|verdict|how'
    cat "$work/table"
  } | column -t -s '|'
  ! grep -qF '|MISSED|' "$work/table"
}

machine() {
  local processor
  processor=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
  echo "${processor:-unknown processor}, $(nproc) cores; Xen in $({ qemu-system-x86_64 --version ||
    echo 'no emulator'; } 2>/dev/null | sed -n 's/^\(QEMU emulator version [0-9.]*\).*/\1/p;/^no/p')"
}

# median NUMBER…
median() {
  printf '%s\n' "$@" | sort -g | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

# calculate EXPRESSION: with three digits that count.
calculate() {
  awk "BEGIN { printf \"%.3g\\n\", $1 }"
}
