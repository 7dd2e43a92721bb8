#ifndef MEMTOP_CLINUX_THREAD_SIGNALS_H
#define MEMTOP_CLINUX_THREAD_SIGNALS_H
/* Threads that take no signals. */
#include <stdint.h>

/*
 * Blocks every signal for the calling thread, and for the threads it starts, but those of a crash:
 * blocked, they would end the process without its handler. Returns what was blocked before.
 */
uint64_t mt_block_signals(void);

void mt_restore_signals(uint64_t before);
#endif
