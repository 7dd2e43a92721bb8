# shellcheck shell=bash
# The emulated machine.

# boot_machine MEMORY DOM0_MEMORY PARAMETERS: in the background, on the first port that is free.
boot_machine() {
  local port
  for port in $(seq 2200 2299); do
    if run_qemu "$port" "$@" 2>"$folder/qemu.log"; then
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
# With MEMTOP_LAB_ICOUNT=N an instruction takes 2^N ns of the machine's own time, whatever else runs
# here: slower, but CPU times are instruction counts and can be compared (no PVH guests then).
run_qemu() {
  local port=$1 memory=$2 dom0_memory=$3 parameters=$4
  local xen="console=com1 com1=115200,8n1 dom0_mem=${dom0_memory}M,max:${dom0_memory}M"
  local linux="console=hvc0 panic=5 quiet mitigations=off lsm=capability cryptomgr.notests"
  local accel=(-accel "tcg,thread=multi")
  [ -z "${MEMTOP_LAB_ICOUNT:-}" ] ||
    accel=(-accel "tcg,thread=single" -icount "shift=$MEMTOP_LAB_ICOUNT,sleep=on")
  qemu-system-x86_64 -daemonize -pidfile "$folder/pid" -nodefaults -display none -no-reboot \
    "${accel[@]}" -cpu qemu64,+svm,+npt,+nrip-save,+rdrand -smp 2 -m "$memory" \
    -serial "file:$folder/console.log" \
    -netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$port-:22" \
    -device e1000,netdev=net,romfile= \
    -kernel "$lab_images/xen" \
    -append "$xen loglvl=error guest_loglvl=error spec-ctrl=no" \
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
