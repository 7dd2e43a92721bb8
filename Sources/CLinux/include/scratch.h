#ifndef MEMTOP_CLINUX_SCRATCH_H
#define MEMTOP_CLINUX_SCRATCH_H

/* A file in memory, closed on exec, that nobody else can see; -1 where there is none to be had. */
int mt_scratch_file(const char *name);
#endif
