#ifndef MEMTOP_CLINUX_CRASH_H
#define MEMTOP_CLINUX_CRASH_H
/* Gives the terminal back when this process crashes. */
#include <stdbool.h>

/*
 * Notes how the terminal `fd` is set now, and mends it on SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE
 * and SIGABRT while the guard is armed; the signal then takes its course. In C and on a stack of
 * its own, because nothing of Swift's is safe in a signal handler.
 */
void mt_crash_guard_install(int fd);

/* Whether the terminal is in the program's hands. */
void mt_crash_guard_arm(bool armed);
#endif
