#ifndef MEMTOP_CLINUX_SIGNAL_MASK_H
#define MEMTOP_CLINUX_SIGNAL_MASK_H
/*
 * Sets of signals as the kernel has them: bit n - 1 is signal n. glibc leaves the two that it
 * keeps for itself, 32 and 33, out of its own sets; but 32 ends a process like any other.
 */
#include <stdint.h>

/* sigprocmask(2) for the calling thread; returns the mask before. */
uint64_t mt_signal_mask(int how, uint64_t signals);

/* Gives a signal its default action. */
void mt_signal_default(int number);

/* A signalfd(2) that does not block and is closed on exec; -1 where there is none to be had. */
int mt_signal_descriptor(uint64_t signals);
#endif
