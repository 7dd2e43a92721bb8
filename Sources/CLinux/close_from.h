#ifndef MEMTOP_CLINUX_CLOSE_FROM_H
#define MEMTOP_CLINUX_CLOSE_FROM_H

/* Closes every file descriptor from `first` on, by system calls alone. */
void mt_close_from(int first);
#endif
