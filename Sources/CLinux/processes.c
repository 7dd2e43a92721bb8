#define _GNU_SOURCE
#include "processes.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether /proc/PID/comm, below the open folder, is `name` and the newline behind it. */
static bool is_named(int folder, pid_t process, const char *name)
{
  char path[32], text[32];
  snprintf(path, sizeof path, "%d/comm", process);
  int file = openat(folder, path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return false;
  ssize_t size = read(file, text, sizeof text);
  close(file);
  size_t length = strlen(name);
  return size == (ssize_t)length + 1 && !memcmp(text, name, length);
}

int mt_processes_named(const char *folder, const char *name, pid_t *found, int most)
{
  int count = 0;
  DIR *directory = opendir(folder);
  if (!directory)
    return 0;
  for (struct dirent *entry; count < most && (entry = readdir(directory));) {
    pid_t process = atoi(entry->d_name);
    if (process > 0 && is_named(dirfd(directory), process, name))
      found[count++] = process;
  }
  closedir(directory);
  return count;
}
