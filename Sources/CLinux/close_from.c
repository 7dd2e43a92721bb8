#define _GNU_SOURCE
#include "close_from.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of Linux 5.9; headers of an older one do not name it. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* -1 for a name that is no number. */
static int number(const char *name)
{
  int value = 0;
  for (; *name; name++) {
    if (*name < '0' || *name > '9')
      return -1;
    value = value * 10 + (*name - '0');
  }
  return value;
}

/* Closes what a part of a folder's list names, but for the folder itself; true if it closed any. */
static int close_listed(const char *list, long size, int first, int folder)
{
  int closed = 0;
  for (long place = 0; place < size;) {
    const struct dirent64 *entry = (const struct dirent64 *)(list + place);
    int file = number(entry->d_name);
    if (file >= first && file != folder)
      closed |= !close(file);
    place += entry->d_reclen;
  }
  return closed;
}

/* readdir would allocate. What is closed meanwhile moves the rest of the list: it is read anew. */
static void close_by_list(int first)
{
  int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    return;
  _Alignas(struct dirent64) char list[2048];
  int closed = 0;
  for (;;) {
    long size = syscall(SYS_getdents64, folder, list, sizeof list);
    if (size > 0) {
      closed |= close_listed(list, size, first, folder);
    } else if (closed) {
      closed = 0;
      lseek(folder, 0, SEEK_SET);
    } else {
      break;
    }
  }
  close(folder);
}

void mt_close_from(int first)
{
  if (syscall(SYS_close_range, first, ~0U, 0))
    close_by_list(first);
}
