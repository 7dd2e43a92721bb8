#ifndef MEMTOP_CLINUX_PROCESSES_H
#define MEMTOP_CLINUX_PROCESSES_H
/* The processes of this machine, cheaply: a host may have thousands. */
#include <stdbool.h>
#include <sys/types.h>

/*
 * Fills `found` with up to `most` processes that the kernel calls `name` (/proc/PID/comm, up to 15
 * bytes), and returns how many. `folder` is /proc. The kernel's own threads, most of an idle host's, are
 * left out by one read.
 */
int mt_processes_named(const char *folder, const char *name, pid_t *found, int most);
#endif
