#include "mapped_file.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* A line of /proc/self/maps: "7f00-7f80 rw-s 00000000 fe:00 12 /path"; longer ones are cut. */
struct line {
  char text[4200];
  size_t size;
};

static bool next_line(int maps, struct line *line)
{
  static char bytes[4096];
  static ssize_t size, at;
  for (line->size = 0;; at++) {
    if (at == size) {
      size = read(maps, bytes, sizeof bytes);
      at = 0;
      if (size <= 0)
        return false;
    }
    if (bytes[at] == '\n')
      break;
    if (line->size + 1 < sizeof line->text)
      line->text[line->size++] = bytes[at];
  }
  at++;
  line->text[line->size] = 0;
  return true;
}

static const char *hexadecimal(const char *text, uintptr_t *number)
{
  static const char digits[] = "0123456789abcdef";
  const char *digit;
  for (*number = 0; *text && (digit = strchr(digits, *text)); text++)
    *number = *number << 4 | (uintptr_t)(digit - digits);
  return text;
}

static bool holds(const struct line *line, uintptr_t address)
{
  uintptr_t first, end;
  const char *rest = hexadecimal(line->text, &first);
  if (*rest != '-')
    return false;
  hexadecimal(rest + 1, &end);
  return address >= first && address < end;
}

/* A name is foreign bytes: what could move a cursor is not shown. */
static void show(const char *text)
{
  for (; *text; text++) {
    char shown = (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text;
    if (write(STDERR_FILENO, &shown, 1) < 0)
      return;
  }
}

void mt_mapped_file_lost(const void *address)
{
  static struct line line;
  const char *name = NULL;
  int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  while (maps >= 0 && !name && next_line(maps, &line))
    if (holds(&line, (uintptr_t)address))
      name = strchr(line.text, '/');
  show("memtop: ");
  show(name ? name : "a mapped file");
  show(": it was truncated while memtop used it, or its disk failed");
  if (write(STDERR_FILENO, "\n", 1) < 0)
    return;
}
