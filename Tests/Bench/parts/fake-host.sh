# shellcheck shell=bash
# A host on this machine without a Xen: a real xenstored over a fake hypervisor, as the tests have it.

# fake_host DIRECTORY PREPARED: starts it, and exports what a program needs to be on it.
fake_host() {
  local directory=$1 prepared=$2 root=$1/root file tries=0
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
    [ $((tries += 1)) -lt 1200 ] || return
    sleep 0.05
  done
  fake_environment=(
    "LD_PRELOAD=$prepared/fake_hypercalls.so" "FAKE_XEN_ROOT=$root"
    "FAKE_XEN_TABLE=$directory/table" "XENSTORED_PATH=$directory/socket"
  )
}

# put_domains COUNT DIRECTORY PREPARED: dom0 and the others, with what the toolstack and their agents have
# written.
put_domains() {
  local count=$1 directory=$2 prepared=$3 domid path
  {
    echo 'host 268435456 4194304 77'
    for ((domid = 0; domid < count; domid++)); do
      printf 'domain %d 0000000000000001%016x 0 0 32768 65536 0 1000000\n' "$domid" "$domid"
    done
  } >"$directory/table"
  for ((domid = 0; domid < count; domid++)); do
    path=/local/domain/$domid
    env "${fake_environment[@]}" "$prepared/tools/xenstore-write" "$path/name" "g$domid" \
      "$path/memory/static-max" 262144 "$path/memory/target" 131072 "$path/data/meminfo_total" 131072 \
      "$path/data/meminfo_free" 70000 "$path/data/updated" 1
  done
}

# describe_domain DOMID DIRECTORY: what libxl has noted of it, without which it sets no target.
describe_domain() {
  local uuid
  printf -v uuid '00000000-0000-0001-0000-%012x' "$1"
  printf '{"domid":%d,"c_info":{"type":"pv"},"b_info":{"max_memkb":262144,"type.pv":{}}}\0' "$1" \
    >"$2/root/var/lib/xen/userdata-d.$1.$uuid.libxl-json"
}

# change_reports COUNT PREPARED: so many domains write another report every second, until it is ended.
change_reports() {
  local number=0 domid
  local -a pairs
  while sleep 1; do
    number=$((number + 1))
    pairs=()
    for ((domid = 1; domid <= $1; domid++)); do
      pairs+=("/local/domain/$domid/data/meminfo_free" "$((60000 + number % 2000))")
    done
    env "${fake_environment[@]}" "$2/tools/xenstore-write" "${pairs[@]}"
  done
}

end_fake_host() {
  kill "$fake_xenstored" 2>/dev/null || true
}
