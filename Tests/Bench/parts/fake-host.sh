# shellcheck shell=bash
# A host on this machine without a Xen: a real xenstored over a fake hypervisor, as the tests have it.

# fake_host DIRECTORY PREPARED: starts it, and exports what a program needs to be on it.
fake_host() {
  local directory=$1 prepared=$2 root=$1/root file
  rm -rf "$directory"
  mkdir -p "$root"/{proc/xen,sys/hypervisor/version,var/lib/xen}
  echo control_d >"$root/proc/xen/capabilities"
  echo xen >"$root/sys/hypervisor/type"
  for file in major=4 minor=17 extra=.7; do
    echo "${file#*=}" >"$root/sys/hypervisor/version/${file%%=*}"
  done
  LD_PRELOAD=$prepared/fake_xenstored_host.so XENSTORED_RUNDIR=$directory \
    XENSTORED_PATH=$directory/socket "$prepared/xenstored" -N -F "$directory/pid" \
    >"$directory/xenstored.log" 2>&1 &
  fake_xenstored=$!
  until [ -S "$directory/socket" ]; do
    kill -0 "$fake_xenstored" || return
    sleep 0.05
  done
  fake_environment=(
    "LD_PRELOAD=$prepared/fake_hypercalls.so" "FAKE_XEN_ROOT=$root"
    "FAKE_XEN_TABLE=$directory/table" "XENSTORED_PATH=$directory/socket"
  )
}

end_fake_host() {
  kill "$fake_xenstored" 2>/dev/null || true
}
