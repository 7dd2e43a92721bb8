#ifndef MEMTOP_CLINUX_CRASH_SIGNALS_H
#define MEMTOP_CLINUX_CRASH_SIGNALS_H
/* What a crash sends: handled in crash.c, and so never to be blocked. */
#include <signal.h>
#include <stddef.h>

static const int crashes[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGSYS};
enum { CRASHES = sizeof crashes / sizeof *crashes };
#endif
