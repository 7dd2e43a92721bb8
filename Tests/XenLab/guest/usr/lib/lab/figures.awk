# Reads /proc/meminfo; prints shell assignments; writes the text, below an empty line where the
# report of the agent has its own, to `copy`.

{
  text = text $0 "\n"
  sub(":", "", $1)
  kib[$1] = $2
}

END {
  printf "\n%s", text >copy
  printf "total=%d free=%d available=%d buffers=%d cached=%d swap_used=%d updated='%s'\n",
    kib["MemTotal"], kib["MemFree"], kib["MemAvailable"], kib["Buffers"], kib["Cached"],
    kib["SwapTotal"] - kib["SwapFree"], strftime("%a %b %e %H:%M:%S %Z %Y")
}
