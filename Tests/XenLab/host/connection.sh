# shellcheck shell=bash
# Talking to dom0: one ssh connection for each instance, which all commands share.

# Dom0 says that it is ready a moment before its network and its ssh server are.
open_connection() {
  local deadline=$(($(machine_seconds) + 60)) directory
  # A socket's path is limited to about 100 bytes, and a repository's may be longer.
  directory=$(mktemp -d "${TMPDIR:-/tmp}/memtop-lab.XXXXXX")
  echo "$directory/ssh" >"$folder/control"
  until with_connection -M -N -f 127.0.0.1 2>"$folder/ssh.log"; do
    [ "$(machine_seconds)" -lt "$deadline" ] || give_up "dom0 refuses ssh: $(cat "$folder/ssh.log")"
    sleep 0.25
  done
}

close_connection() {
  [ -e "$folder/control" ] || return 0
  with_connection -O exit 127.0.0.1 2>/dev/null || true
  rm -rf "$(dirname "$(cat "$folder/control")")"
}

# Where the shared connection is gone, ssh makes one for this command alone.
with_connection() {
  ssh -F none -S "$(cat "$folder/control")" -i "$lab_cache/key" -p "$(cat "$folder/port")" -l root \
    -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -o LogLevel=ERROR -o ConnectTimeout=120 "$@"
}

# A terminal has a connection of its own: dropbear hangs up a terminal when its connection ends, and
# not when only its part of a shared one does.
lab_ssh() {
  local options=()
  while [[ ${1:-} == -* ]]; do
    options+=("$1")
    [ "$1" != -t ] || options+=(-S none)
    shift
  done
  need_instance
  with_connection "${options[@]}" 127.0.0.1 "$@"
}

# Arrives under another name first, so that a program that runs is replaced and not written into.
lab_put() {
  [ $# -eq 2 ] || fail "put takes a local and a remote path"
  need_instance
  local mode remote
  mode=$(stat -c %a "$1")
  remote=$(printf %q "$2")
  with_connection 127.0.0.1 \
    "cat >$remote.new && chmod $mode $remote.new && mv $remote.new $remote" <"$1"
}

lab_get() {
  [ $# -eq 2 ] || fail "get takes a remote and a local path"
  need_instance
  with_connection 127.0.0.1 "cat $(printf %q "$1")" >"$2"
}

lab_guest() {
  [ $# -ge 2 ] || fail "guest takes a guest's name and a command"
  need_instance
  local name=$1
  shift
  with_connection 127.0.0.1 "guest-run $(printf '%q ' "$name" "$*")"
}

lab_dialect() {
  [ $# -eq 2 ] || fail "dialect takes a guest's name and its dialects"
  need_instance
  with_connection 127.0.0.1 "guest-dialect $(printf '%q ' "$@")"
}
