# shellcheck shell=bash
# The binary: its size, the libraries it needs, and nothing of Foundation in it.

allowed='(libc|libm|libgcc_s|libstdc\+\+)\.so\.[0-9]+|ld-linux-x86-64\.so\.2'

bench_binary() {
  row 'stripped binary, MB' 18 "$(calculate "$(stat -c %s "$memtop") / 1000000")" 'stat'
  local extra
  extra=$(needed | { grep -vxE "$allowed" || true; } | wc -l)
  row 'libraries beyond libc, libm, libstdc++, libgcc_s' 0 "$extra" "$(needed | paste -sd ' ')"
  row 'symbols of Foundation' 0 "$(foundation | wc -l)" 'nm on its objects, names in the binary'
}

needed() {
  readelf -d "$memtop" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'
}

# Whatever of a module is linked in leaves the module's name as a string of its own (its context
# descriptor), also in a stripped binary. FoundationEssentials is another module.
foundation() {
  find "$root"/.build/release/ -name '*.o' -exec nm -A {} + 2>/dev/null |
    grep -E '\$s10Foundation[^E]' || true
  strings -a "$memtop" | grep -xE 'Foundation|CoreFoundation|_?CFString.*' || true
}
