# shellcheck shell=bash
# Where the lab keeps its files, and how it ends when it cannot go on.

lab_repository=$(cd "$lab_source/../.." && pwd)
lab_cache=${MEMTOP_LAB_CACHE:-$lab_repository/.build/lab}
lab_unpacked=$lab_cache/unpacked
lab_images=$lab_cache/images
lab_instances=$lab_cache/instances

# Emulation is slow and its host may be busy: these are for giving up, not for waiting.
lab_boot_seconds=${MEMTOP_LAB_BOOT_SECONDS:-600}

# How often the guests' agent promises to report.
lab_report_seconds=${MEMTOP_LAB_REPORT_SECONDS:-5}

fail() {
  echo "lab: $*" >&2
  exit 1
}
