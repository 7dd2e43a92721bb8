#ifndef MEMTOP_CLINUX_PATIENCE_H
#define MEMTOP_CLINUX_PATIENCE_H

/*
 * The calling thread, and those it starts, no longer interrupt whoever wakes them (SCHED_BATCH, see
 * sched(7)): xenstored gives many answers and events in a row, and without this each of them would
 * stop it for a thread that takes one and waits for the next.
 */
void mt_set_sched_batch(void);
#endif
