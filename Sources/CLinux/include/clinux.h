#ifndef MEMTOP_CLINUX_H
#define MEMTOP_CLINUX_H
/* What Swift's Glibc module lacks. */
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <wchar.h>
#endif
