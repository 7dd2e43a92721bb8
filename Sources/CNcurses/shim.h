#ifndef MEMTOP_CNCURSES_H
#define MEMTOP_CNCURSES_H
/*
 * The wide API of ncurses for Swift. SwiftPM drops the -D flags of pkg-config, so it is asked for
 * here, before every include.
 */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#endif
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <wchar.h>
#include <curses.h>

/* Macros with casts are not imported. */
static const attr_t CN_A_BOLD = A_BOLD;
static const attr_t CN_A_DIM = A_DIM;
static const attr_t CN_A_REVERSE = A_REVERSE;
static const attr_t CN_A_UNDERLINE = A_UNDERLINE;

/* The globals of curses, which Swift 6 does not let anybody read. */
static inline WINDOW *cn_screen(void) { return stdscr; }
static inline WINDOW *cn_physical_screen(void) { return curscr; }
static inline int cn_colors(void) { return COLORS; }
static inline void cn_no_escape_delay(void) { set_escdelay(0); }

/* A sequence with two numbers in it: variadic functions are not imported. */
static inline const char *cn_with_numbers(const char *sequence, long first, long second)
{
  return tparm(sequence, first, second, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
}
#endif
