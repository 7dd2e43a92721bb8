#define _GNU_SOURCE
#include "processes.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_THREADS = 4096 };

/* The kernel's own threads, in ascending order. */
struct kernel_threads {
  pid_t ids[MOST_THREADS];
  size_t count;
};

/* Up to `size` bytes of a file below the open folder; returns how many, or -1. */
static ssize_t read_below(int folder, const char *path, char *text, size_t size)
{
  int file = openat(folder, path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return -1;
  ssize_t got = read(file, text, size);
  close(file);
  return got;
}

/* Whether /proc/PID/comm, below the open folder, is `name` and the newline behind it. */
static bool is_named(int folder, pid_t process, const char *name)
{
  char path[32], text[32];
  snprintf(path, sizeof path, "%d/comm", process);
  ssize_t size = read_below(folder, path, text, sizeof text);
  size_t length = strlen(name);
  return size == (ssize_t)length + 1 && !memcmp(text, name, length);
}

static int compare(const void *one, const void *other)
{
  pid_t a = *(const pid_t *)one, b = *(const pid_t *)other;
  return (a > b) - (a < b);
}

static bool is_among(const struct kernel_threads *threads, pid_t process)
{
  return bsearch(&process, threads->ids, threads->count, sizeof process, compare);
}

/*
 * The children of kthreadd (Linux, kernel/kthread.c), by one file that a kernel may lack; then there are
 * none, and all processes are looked at.
 */
static void list_kernel_threads(int folder, struct kernel_threads *threads)
{
  static const char parent[] = "kthreadd";
  char text[MOST_THREADS * 4];
  threads->count = 0;
  if (!is_named(folder, 2, parent))
    return;
  ssize_t size = read_below(folder, "2/task/2/children", text, sizeof text - 1);
  if (size <= 0)
    return;
  text[size] = 0;
  char *next = text;
  /* Each number ends with a space: one that is cut does not count. */
  for (char *space; threads->count < MOST_THREADS && (space = strchr(next, ' ')); next = space + 1)
    threads->ids[threads->count++] = atoi(next);
  qsort(threads->ids, threads->count, sizeof *threads->ids, compare);
}

int mt_processes_named(const char *folder, const char *name, pid_t *found, int most)
{
  int count = 0;
  DIR *directory = opendir(folder);
  if (!directory)
    return 0;
  struct kernel_threads threads;
  list_kernel_threads(dirfd(directory), &threads);
  for (struct dirent *entry; count < most && (entry = readdir(directory));) {
    pid_t process = atoi(entry->d_name);
    if (process > 0 && !is_among(&threads, process) && is_named(dirfd(directory), process, name))
      found[count++] = process;
  }
  closedir(directory);
  return count;
}
