#ifndef MEMTOP_CLINUX_FILESYSTEM_H
#define MEMTOP_CLINUX_FILESYSTEM_H
#include <stdint.h>

/* The number of the file system's kind at `path` (statfs(2), linux/magic.h); 0 where it cannot be told. */
uint32_t mt_file_system(const char *path);
#endif
