# shellcheck shell=bash
# What an initramfs is made of: programs with the libraries they load, kernel modules, our files.

# An empty root with the links of a merged /usr, as Debian has them.
begin_tree() {
  local tree=$1 name
  rm -rf "$tree"
  mkdir -p "$tree"/usr/{bin,sbin,lib,lib64} "$tree"/{dev,proc,sys,run,tmp,root,etc,var/log}
  for name in bin sbin lib lib64; do
    ln -s "usr/$name" "$tree/$name"
  done
  ln -s ../run "$tree/var/run"
  add_busybox "$tree"
}

# The kernel starts /init; busybox acts as init under that name and reads etc/inittab.
add_busybox() {
  local tree=$1 applet
  cp /bin/busybox "$tree/usr/bin/busybox"
  for applet in $(/bin/busybox --list); do
    [ "$applet" = busybox ] || ln -s busybox "$tree/usr/bin/$applet"
  done
  ln -s usr/bin/busybox "$tree/init"
  ln -s ../bin/init "$tree/usr/sbin/init"
}

# add_program TREE FOLDER PROGRAM…: copies programs to a folder, and their libraries.
add_program() {
  local tree=$1 folder=$2 program
  shift 2
  mkdir -p "$tree/$folder"
  for program in "$@"; do
    rm -f "$tree/$folder/$(basename "$program")"
    cp -L "$program" "$tree/$folder/"
    add_libraries "$tree" "$program"
  done
}

add_libraries() {
  local tree=$1 library
  while read -r library; do
    [ -e "$tree$library" ] || add_library "$tree" "$library"
  done < <(ldd "$2" | awk '$3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }')
}

# For libraries that programs load by name; those they are linked to come with the program.
add_library() {
  mkdir -p "$(dirname "$1$2")"
  cp -L "$2" "$1$2"
  add_libraries "$1" "$2"
}

# add_modules TREE MODULE…: in the order in which they are to be loaded.
add_modules() {
  local tree=$1 module
  mkdir -p "$tree/lib/modules"
  shift
  for module in "$@"; do
    find "$lab_unpacked/lib/modules" -name "$module.ko" -exec cp {} "$tree/lib/modules/" \;
    [ -e "$tree/lib/modules/$module.ko" ] || fail "the kernel has no module $module"
    echo "$module" >>"$tree/lib/modules/order"
  done
}

# Uncompressed, because unpacking under emulation takes longer than loading.
write_image() {
  (cd "$1" && find . -print0 | LC_ALL=C sort -z | cpio -o0 -H newc -R 0:0 --quiet) >"$2.new"
  mv "$2.new" "$2"
}
