#ifndef MEMTOP_EMULATOR_H
#define MEMTOP_EMULATOR_H
/* A terminal in memory: libvterm, whose own structures Swift does not import well. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct te_terminal;

/* Bits of `look`. */
enum { TE_BOLD = 1, TE_UNDERLINE = 2, TE_ITALIC = 4, TE_BLINK = 8, TE_REVERSE = 16, TE_STRIKE = 32, TE_FONT = 64 };

struct te_cell {
  /* 0 is blank; UINT32_MAX the right half of a wide character. */
  uint32_t scalar;
  uint8_t look;
  /* An index into the palette; -1 is the terminal's own colour, -2 one that is in no palette. */
  int16_t foreground, background;
};

struct te_state {
  int cursor_row, cursor_column;
  int cursor_visible, cursor_blinks, cursor_shape;
  int other_screen, reversed, mouse;
  /* Lines that have left the screen at its top. */
  int scrolled_off;
  /* How the next character would look. */
  struct te_cell pen;
};

struct te_terminal *te_new(int columns, int rows);
void te_free(struct te_terminal *terminal);
void te_resize(struct te_terminal *terminal, int columns, int rows);
void te_write(struct te_terminal *terminal, const uint8_t *bytes, size_t size);
/* All cells of a row. */
void te_row(const struct te_terminal *terminal, int row, struct te_cell *cells);
struct te_state te_state(const struct te_terminal *terminal);
#endif
