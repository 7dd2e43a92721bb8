# shellcheck shell=bash
# The images: a guest's initramfs, and dom0's, which carries the guest's and the kernel.

# One after another, where several instances start at once.
build_images() {
  install_packages
  mkdir -p "$lab_cache"
  (flock 9 && build_changed_images) 9>"$lab_cache/lock"
}

build_changed_images() {
  local state
  state=$(images_state)
  [ "$(cat "$lab_images/state" 2>/dev/null)" != "$state" ] || return 0
  echo "lab: building the images"
  mkdir -p "$lab_images"
  build_kernels
  build_programs
  build_guest
  build_dom0
  echo "$state" >"$lab_images/state"
}

# Changes when a source of the images or the unpacked kernel does.
images_state() {
  (cd "$lab_source" && find dom0 guest host/{images,tree}.sh ./*.c ../../agent/memtop-agent -type f -print0 | LC_ALL=C sort -z |
    xargs -0 sha256sum && ls "$lab_unpacked/boot") | sha256sum
}

build_kernels() {
  gzip -dc "$lab_unpacked"/boot/xen-*-amd64.gz >"$lab_images/xen"
  unpack_kernel "$lab_unpacked"/boot/vmlinuz-* >"$lab_images/vmlinux"
}

# Takes the ELF image out of a bzImage (Linux' Documentation/x86/boot.rst: setup_sects,
# payload_offset, payload_length): otherwise each domain's builder unpacks it under emulation.
unpack_kernel() {
  local sectors offset length end
  sectors=$(od -An -tu1 -j 0x1f1 -N 1 "$1")
  offset=$(od -An -tu4 -j 0x248 -N 4 "$1")
  length=$(od -An -tu4 -j 0x24c -N 4 "$1")
  # The last four bytes of the payload are the size of what it unpacks to.
  end=$(((sectors + 1) * 512 + offset + length - 4))
  head -c "$end" "$1" | tail -c $((length - 4)) | xz -dc
}

build_guest() {
  local tree=$lab_cache/guest
  begin_tree "$tree"
  add_xenstore_tools "$tree"
  cp "$lab_cache/xs" "$tree/usr/bin/"
  add_agent "$tree"
  add_modules "$tree" zsmalloc zram fat msdos nls_cp437
  cp -R "$lab_source/guest/." "$tree/"
  write_image "$tree" "$lab_images/guest.cpio"
}

# memtop-agent, and below /usr/lib/debian what it runs with on a Debian: dash and GNU's tools.
add_agent() {
  cp "$lab_repository/agent/memtop-agent" "$1/usr/bin/"
  add_program "$1" /usr/lib/debian /usr/bin/dash /usr/bin/tail /usr/bin/sleep
  ln -s dash "$1/usr/lib/debian/sh"
}

build_dom0() {
  local tree=$lab_cache/dom0
  begin_tree "$tree"
  add_xenstore_tools "$tree"
  add_xen_tools "$tree"
  cp "$lab_cache/xs" "$lab_cache/many-domains" "$lab_cache/need-memory" "$lab_cache/node-affinity" \
    "$tree/usr/bin/"
  add_program_support "$tree"
  add_modules "$tree" xen-evtchn xen-privcmd xenfs xen-gntdev xen-gntalloc e1000
  cp -R "$lab_source/dom0/." "$tree/"
  add_login "$tree"
  mkdir -p "$tree/boot"
  cp "$lab_images/vmlinux" "$lab_images/guest.cpio" "$tree/boot/"
  write_image "$tree" "$lab_images/dom0.cpio"
}

add_xenstore_tools() {
  local name tools=()
  for name in chmod exists list ls read rm watch write; do
    tools+=("$lab_unpacked/usr/bin/xenstore-$name")
  done
  add_program "$1" /usr/bin "${tools[@]}"
}

add_xen_tools() {
  local tree=$1 name tools=()
  for name in libxl-save-helper lsevtchn oxenstored xenconsole xenconsoled xenctx xen-init-dom0 \
    xenstored xentop xl; do
    tools+=("$lab_unpacked"/usr/lib/xen-*/bin/"$name")
  done
  # libxl starts its helpers by the path it was built with.
  add_program "$tree" "/usr/lib/xen-$(xen_release)/bin" "${tools[@]}"
  for name in "${tools[@]}"; do
    ln -s "../lib/xen-$(xen_release)/bin/$(basename "$name")" "$tree/usr/sbin/"
  done
}

# What a program under test needs in dom0 that Xen's tools do not load.
add_program_support() {
  local tree=$1 libraries=/usr/lib/x86_64-linux-gnu name
  # Before glibc 2.34 threads and the loader were libraries of their own, which each Debian still has.
  for name in libm.so.6 libpthread.so.0 libdl.so.2 libstdc++.so.6 libgcc_s.so.1 libxenctrl.so."$(xen_release)" \
    libxenlight.so."$(xen_release)" libxenstore.so.4; do
    [ -e "$tree$libraries/$name" ] || add_library "$tree" "$libraries/$name"
  done
  add_program "$tree" /usr/bin /usr/bin/flock
  mkdir -p "$tree/usr/lib/locale"
  cp -R /usr/lib/locale/C.utf8 "$tree/usr/lib/locale/"
  cp -RL /lib/terminfo "$tree/usr/lib/terminfo"
}

# The key pair lives in the cache, so a new image does not lock out the other instances.
add_login() {
  local tree=$1 key=$lab_cache/key
  [ -e "$key" ] || ssh-keygen -q -t ed25519 -N '' -C memtop-lab -f "$key"
  add_program "$tree" /usr/sbin /usr/sbin/dropbear
  mkdir -p "$tree"/etc/dropbear "$tree"/{root,home/operator}/.ssh
  dropbearkey -t ed25519 -f "$tree/etc/dropbear/dropbear_ed25519_host_key" >/dev/null 2>&1
  cp "$key.pub" "$tree/root/.ssh/authorized_keys"
  cp "$key.pub" "$tree/home/operator/.ssh/authorized_keys"
}

build_programs() {
  local compile=(gcc -std=gnu11 -O2 -Wall -Wextra -Werror)
  "${compile[@]}" -o "$lab_cache/many-domains" "$lab_source/many-domains.c" -lxenctrl -lxenstore
  "${compile[@]}" -o "$lab_cache/need-memory" "$lab_source/need-memory.c" -lxenlight -lxentoollog
  "${compile[@]}" -o "$lab_cache/node-affinity" "$lab_source/node-affinity.c" -lxenctrl
  "${compile[@]}" -static -o "$lab_cache/xs" "$lab_source/xs.c" -lxenstore -lxentoolcore
}
