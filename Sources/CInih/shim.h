#ifndef MEMTOP_CINIH_H
#define MEMTOP_CINIH_H
/* libinih for Swift, which does not touch C's global variables. */
#include <ini.h>

/* Longest line, with its end: libinih goes on in the middle of a longer one as if it were the next. */
#define CINIH_LONGEST_LINE 1000

/* Parses what `reader` gives, a line a call; no value goes on in the next line, which would hide that
   its name was given twice. As ini_parse_stream. */
static inline int cinih_parse(ini_reader reader, void *stream, ini_handler handler, void *user)
{
  ini_use_stack = false;
  ini_max_line = CINIH_LONGEST_LINE;
  ini_initial_alloc = CINIH_LONGEST_LINE;
  ini_allow_multiline = false;
  ini_stop_on_first_error = true;
  return ini_parse_stream(reader, stream, handler, user);
}

#endif
