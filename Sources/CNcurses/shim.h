#ifndef MEMTOP_CNCURSES_H
#define MEMTOP_CNCURSES_H
/* pkg-config's -D flags are dropped by SwiftPM ("prohibited flag(s)"), so ask for
 * the wide API here. Must precede every include. */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#endif
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1     /* real functions instead of macros where both exist */
#include <wchar.h>
#include <curses.h>

/* attributes: cast macros are not imported */
static const attr_t CN_A_BOLD      = A_BOLD;
static const attr_t CN_A_DIM       = A_DIM;
static const attr_t CN_A_REVERSE   = A_REVERSE;
static const attr_t CN_A_UNDERLINE = A_UNDERLINE;
static const attr_t CN_A_ITALIC    = A_ITALIC;
static const attr_t CN_A_STANDOUT  = A_STANDOUT;
/* mouse */
static const mmask_t CN_B1_PRESSED = BUTTON1_PRESSED, CN_B1_CLICKED = BUTTON1_CLICKED,
  CN_B1_DOUBLE = BUTTON1_DOUBLE_CLICKED, CN_B4_PRESSED = BUTTON4_PRESSED, CN_B5_PRESSED = BUTTON5_PRESSED,
  CN_B_SHIFT = BUTTON_SHIFT, CN_ALL_MOUSE = ALL_MOUSE_EVENTS, CN_MOUSE_POS = REPORT_MOUSE_POSITION;
static inline int cn_key_f(int n) { return KEY_F(n); }
/* ACS_/WACS_ index acs_map[]/_nc_wacs[] by letter: 'q'=HLINE 'x'=VLINE 'l','k','m','j' corners */
static inline chtype cn_acs(char c) { return NCURSES_ACS(c); }
static inline const cchar_t *cn_wacs(char c) { return NCURSES_WACS(c); }
static inline int cn_pair_on(WINDOW *w, attr_t a, int pair) { return wattr_set(w, a, 0, &pair); }
/* single wide cell; ext pair through opts */
static inline int cn_setcell(cchar_t *out, wchar_t ch, attr_t a, int pair) {
  wchar_t s[2] = { ch, 0 };
  return setcchar(out, s, a, 0, &pair);
}
#endif
