#include "emulator.h"

#include <vterm.h>

struct te_terminal {
  VTerm *vterm;
  VTermScreen *screen;
  struct te_state state;
};

static int set_property(VTermProp property, VTermValue *value, void *user)
{
  struct te_state *state = user;
  switch (property) {
  case VTERM_PROP_CURSORVISIBLE: state->cursor_visible = value->boolean; break;
  case VTERM_PROP_CURSORBLINK: state->cursor_blinks = value->boolean; break;
  case VTERM_PROP_CURSORSHAPE: state->cursor_shape = value->number; break;
  case VTERM_PROP_ALTSCREEN: state->other_screen = value->boolean; break;
  case VTERM_PROP_REVERSE: state->reversed = value->boolean; break;
  case VTERM_PROP_MOUSE: state->mouse = value->number; break;
  default: break;
  }
  return 1;
}

static int push_line(int columns, const VTermScreenCell *cells, void *user)
{
  (void)columns;
  (void)cells;
  ((struct te_state *)user)->scrolled_off++;
  return 1;
}

static const VTermScreenCallbacks callbacks = {
  .settermprop = set_property, .sb_pushline = push_line};

struct te_terminal *te_new(int columns, int rows)
{
  struct te_terminal *terminal = calloc(1, sizeof *terminal);
  if (!terminal)
    abort();
  terminal->vterm = vterm_new(rows, columns);
  vterm_set_utf8(terminal->vterm, 1);
  terminal->screen = vterm_obtain_screen(terminal->vterm);
  vterm_screen_set_callbacks(terminal->screen, &callbacks, &terminal->state);
  vterm_screen_enable_altscreen(terminal->screen, 1);
  vterm_screen_reset(terminal->screen, 1);
  return terminal;
}

void te_free(struct te_terminal *terminal)
{
  vterm_free(terminal->vterm);
  free(terminal);
}

void te_resize(struct te_terminal *terminal, int columns, int rows)
{
  vterm_set_size(terminal->vterm, rows, columns);
}

void te_write(struct te_terminal *terminal, const uint8_t *bytes, size_t size)
{
  vterm_input_write(terminal->vterm, (const char *)bytes, size);
}

static int16_t colour(const VTermColor *colour)
{
  if (VTERM_COLOR_IS_DEFAULT_FG(colour) || VTERM_COLOR_IS_DEFAULT_BG(colour))
    return -1;
  return VTERM_COLOR_IS_INDEXED(colour) ? colour->indexed.idx : -2;
}

static struct te_cell cell_at(const struct te_terminal *terminal, int row, int column)
{
  VTermScreenCell cell = {0};
  vterm_screen_get_cell(terminal->screen, (VTermPos){.row = row, .col = column}, &cell);
  const VTermScreenCellAttrs *look = &cell.attrs;
  return (struct te_cell){
    .scalar = cell.chars[0],
    .look = (uint8_t)((look->bold ? TE_BOLD : 0) | (look->underline ? TE_UNDERLINE : 0)
                      | (look->italic ? TE_ITALIC : 0) | (look->blink ? TE_BLINK : 0)
                      | (look->reverse ? TE_REVERSE : 0) | (look->strike ? TE_STRIKE : 0)
                      | (look->font ? TE_FONT : 0)),
    .foreground = colour(&cell.fg),
    .background = colour(&cell.bg),
  };
}

void te_row(const struct te_terminal *terminal, int row, struct te_cell *cells)
{
  int rows, columns;
  vterm_get_size(terminal->vterm, &rows, &columns);
  for (int column = 0; column < columns; column++)
    cells[column] = cell_at(terminal, row, column);
}

static struct te_cell pen(const struct te_terminal *terminal)
{
  static const struct {
    VTermAttr attribute;
    uint8_t bit;
  } looks[] = {
    {VTERM_ATTR_BOLD, TE_BOLD},       {VTERM_ATTR_UNDERLINE, TE_UNDERLINE},
    {VTERM_ATTR_ITALIC, TE_ITALIC},   {VTERM_ATTR_BLINK, TE_BLINK},
    {VTERM_ATTR_REVERSE, TE_REVERSE}, {VTERM_ATTR_STRIKE, TE_STRIKE},
    {VTERM_ATTR_FONT, TE_FONT},
  };
  const VTermState *state = vterm_obtain_state(terminal->vterm);
  struct te_cell pen = {0};
  VTermValue value;
  for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
    if (vterm_state_get_penattr(state, looks[i].attribute, &value) && value.number)
      pen.look |= looks[i].bit;
  if (vterm_state_get_penattr(state, VTERM_ATTR_FOREGROUND, &value))
    pen.foreground = colour(&value.color);
  if (vterm_state_get_penattr(state, VTERM_ATTR_BACKGROUND, &value))
    pen.background = colour(&value.color);
  return pen;
}

struct te_state te_state(const struct te_terminal *terminal)
{
  struct te_state state = terminal->state;
  VTermPos place;
  vterm_state_get_cursorpos(vterm_obtain_state(terminal->vterm), &place);
  state.cursor_row = place.row;
  state.cursor_column = place.col;
  state.pen = pen(terminal);
  return state;
}
