# shellcheck shell=bash
# The emulated machine.

# boot_machine MEMORY DOM0_MEMORY PARAMETERS: in the background, on the first port that is free.
boot_machine() {
  local port
  for port in $(seq 2200 2299); do
    if run_qemu "$port" "$@" 2>"$folder/qemu.log"; then
      start_of "$(cat "$folder/pid")" >"$folder/started"
      echo "$port" >"$folder/port"
      return
    fi
    grep -q 'host forwarding rule' "$folder/qemu.log" || break
  done
  fail "QEMU did not start: $(cat "$folder/qemu.log")"
}

# qemu64 because `max` has SMAP, which Xen does not survive under emulation; with SVM and nested
# paging Xen offers hardware-assisted guests, which PVH needs; RDRAND spares the kernels the wait
# for entropy. Mitigations and self-tests cost time and there is nothing to protect.
#
# One processor: with two, each emulated by a thread of its own, half of the PVH guests' boots end in a
# triple fault on some machines. MEMTOP_LAB_PROCESSORS=2 is that machine, to see the lab's answer to it.
#
# Its clock goes on while other programs have the processor, and what memtop gives 10 s for would be late:
# so it goes before them, where that is allowed (MEMTOP_LAB_NICE).
#
# MEMTOP_LAB_XEN has more options for Xen's command line, numa=fake=2 for example.
#
# With MEMTOP_LAB_ICOUNT=N an instruction takes 2^N ns of the machine's own time, whatever else runs
# here: slower, but CPU times are instruction counts and can be compared (no PVH guests then).
run_qemu() {
  local port=$1 memory=$2 dom0_memory=$3 parameters=$4
  local xen="console=com1 com1=115200,8n1 dom0_mem=${dom0_memory}M,max:${dom0_memory}M"
  local linux="console=hvc0 panic=5 quiet mitigations=off lsm=capability cryptomgr.notests"
  local processors=${MEMTOP_LAB_PROCESSORS:-1} accel=(-accel "tcg,thread=single")
  [ "$processors" -eq 1 ] || accel=(-accel "tcg,thread=multi")
  [ -z "${MEMTOP_LAB_ICOUNT:-}" ] ||
    processors=2 accel=(-accel "tcg,thread=single" -icount "shift=$MEMTOP_LAB_ICOUNT,sleep=on")
  nice -n "${MEMTOP_LAB_NICE:--10}" qemu-system-x86_64 -daemonize -pidfile "$folder/pid" \
    -nodefaults -display none -no-reboot "${accel[@]}" \
    -cpu qemu64,+svm,+npt,+nrip-save,+rdrand -smp "$processors" -m "$memory" \
    -serial "file:$folder/console.log" \
    -netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$port-:22" \
    -device e1000,netdev=net,romfile= \
    -kernel "$lab_images/xen" \
    -append "$xen loglvl=warning guest_loglvl=warning spec-ctrl=no ${MEMTOP_LAB_XEN:-}" \
    -initrd "$lab_images/vmlinux $linux $parameters,$lab_images/dom0.cpio"
}

# One that was started with its signals blocked does not hear the first request.
end_machine() {
  local pid deadline=$((SECONDS + 5))
  pid=$(cat "$folder/pid")
  kill "$pid" 2>/dev/null || true
  while [ -d "/proc/$pid" ]; do
    [ "$SECONDS" -lt "$deadline" ] || kill -KILL "$pid" 2>/dev/null || true
    sleep 0.05
  done
}

# Seconds that the machine had: those by the clock, without what its processor waited for one of this
# machine's, which other programs had (run_delay in Documentation/scheduler/sched-stats.rst).
machine_seconds() {
  local waited
  waited=$(cat "/proc/$(cat "$folder/pid")/task/"*/schedstat 2>/dev/null |
    awk '$2 > most { most = $2 } END { printf "%d", most / 1e9 }') || true
  echo $((SECONDS - ${waited:-0}))
}
