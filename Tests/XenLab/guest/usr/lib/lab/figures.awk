# Reads /proc/meminfo, /proc/vmstat and /proc/pressure/memory; prints shell assignments; writes the
# report and the meminfo it was made from to `copy`.

FILENAME ~ /meminfo$/ {
  text = text $0 "\n"
  sub(":", "", $1)
  kib[$1] = $2
}

FILENAME ~ /vmstat$/ && /^pswp(in|out) / { swapped[$1] = $2 * 4 }

# some avg10=1.23 avg60=… : hundredths of a percent.
FILENAME ~ /pressure/ {
  sub("avg10=", "", $2)
  pressure[$1] = int($2 * 100 + 0.5)
}

END {
  line = sprintf("v1 total=%d free=%d available=%d cached=%d swap_total=%d swap_free=%d" \
    " swap_in=%d swap_out=%d psi_some=%d psi_full=%d interval=%d seq=%d",
    kib["MemTotal"], kib["MemFree"], kib["MemAvailable"], kib["Cached"], kib["SwapTotal"],
    kib["SwapFree"], swapped["pswpin"], swapped["pswpout"], pressure["some"], pressure["full"],
    interval, seq)
  printf "%s\n%s", line, text >copy
  printf "line='%s' total=%d free=%d available=%d buffers=%d cached=%d swap_used=%d" \
    " updated='%s'\n", line,
    kib["MemTotal"], kib["MemFree"], kib["MemAvailable"], kib["Buffers"], kib["Cached"],
    kib["SwapTotal"] - kib["SwapFree"], strftime("%a %b %e %H:%M:%S %Z %Y")
}
