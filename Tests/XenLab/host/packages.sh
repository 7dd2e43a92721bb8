# shellcheck shell=bash
# Debian's packages: some are installed, those of Xen and the kernel are only unpacked, because
# installing them brings a boot loader's hooks and services that start on a host without Xen.

lab_installed=(qemu-system-x86 seabios busybox-static cpio dropbear-bin openssh-client gcc libc6-dev
  libxen-dev libncurses6 libstdc++6 libgcc-s1 ncurses-base util-linux xz-utils)

install_packages() {
  install_missing
  [ -e "$lab_unpacked/.complete" ] || unpack_packages
}

install_missing() {
  local package missing=()
  for package in "${lab_installed[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "lab: installing ${missing[*]}"
  with_fresh_lists as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
}

is_installed() {
  dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

unpack_packages() {
  local downloads=$lab_cache/downloads deb
  rm -rf "$lab_unpacked" "$downloads"
  mkdir -p "$lab_unpacked" "$downloads"
  with_fresh_lists download_packages "$downloads"
  for deb in "$downloads"/*.deb; do
    dpkg -x "$deb" "$lab_unpacked"
  done
  rm -rf "$downloads"
  touch "$lab_unpacked/.complete"
}

# Downloads into a folder; fails where apt's lists are missing or older than the mirror.
download_packages() (
  local xen kernel
  xen=$(xen_release)
  kernel=$(kernel_package)
  [ -n "$kernel" ] || exit 1
  echo "lab: downloading Xen $xen and $kernel"
  cd "$1" || exit
  apt-get download -qq -o APT::Sandbox::User=root "xen-hypervisor-$xen-amd64" "xen-utils-$xen" \
    xenstore-utils "$kernel"
)

# Dom0's tools take their libraries from this machine, so the release is that of libxen-dev.
xen_release() {
  basename "$(readlink -f /usr/lib/x86_64-linux-gnu/libxenctrl.so)" |
    sed -n 's/^libxenctrl\.so\.\([0-9]*\.[0-9]*\).*/\1/p'
}

kernel_package() {
  apt-cache depends linux-image-amd64 2>/dev/null | awk '/Depends: linux-image-/ { print $2; exit }'
}

# Runs a command; where it fails, updates apt's lists and runs it once more.
with_fresh_lists() {
  "$@" || {
    as_root apt-get update -qq || true
    "$@" || fail "apt could not provide what is missing: $*"
  }
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}
