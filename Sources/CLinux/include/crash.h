#ifndef MEMTOP_CLINUX_CRASH_H
#define MEMTOP_CLINUX_CRASH_H
/* Gives the terminal back when this process crashes. */
#include <stdbool.h>
#include <stddef.h>

/*
 * Notes how the terminal `input` is set now, and gives it back on the signals of crash_signals.h while
 * the guard is armed; the signal then takes its course. What ends the screen is written to `output`,
 * which should not block. In C and on a stack of its own, because nothing of Swift's is safe in a
 * signal handler.
 */
void mt_crash_guard_install(int input, int output);

/*
 * Ends the program with status 1 and one line that names the file where a page of a mapped file cannot
 * be read: another program truncated it (such as a recording's -shm), or its disk failed. For programs
 * with and without a screen.
 */
void mt_crash_guard_bus_error(void);

/*
 * Takes crash signals from whoever handled them before main: Swift's library, which runs the program that
 * SWIFT_BACKTRACE names. What is ignored stays so.
 */
void mt_crash_guard_drop_others(void);

/* What the terminal is sent to end the screen. More than 1 KiB is not kept. */
void mt_crash_guard_ending(const unsigned char *bytes, size_t size);

/* A file with words to be shown after a crash, once the screen is gone; -1 is none. */
void mt_crash_guard_words(int file);

/* Whether the terminal is in the program's hands. */
void mt_crash_guard_arm(bool armed);
#endif
