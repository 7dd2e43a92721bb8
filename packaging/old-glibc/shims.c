/*
 * What the release binary needs of glibc and glibc 2.17 lacks, so that one binary runs on every dom0.
 * The rest is found there under its old version; see `stubs`.
 *
 * Sources: glibc's NEWS for when each came, and for the start its csu/libc-start.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * The start. Up to glibc 2.33 the program itself brought the function that runs its constructors, and
 * handed it over; since 2.34 the library runs them unless it is given one. So the one here is always
 * used, and never twice.
 */
typedef void constructor(int, char **, char **);
extern constructor *__preinit_array_start[], *__preinit_array_end[];
extern constructor *__init_array_start[], *__init_array_end[];
extern void _init(void);

static void run(constructor **from, constructor **end, int count, char **words, char **environment)
{
  for (; from < end; from++)
    (*from)(count, words, environment);
}

static void construct(int count, char **words, char **environment)
{
  run(__preinit_array_start, __preinit_array_end, count, words, environment);
  _init();
  run(__init_array_start, __init_array_end, count, words, environment);
}

typedef int program(int, char **, char **);
int __real___libc_start_main(
    program *, int, char **, constructor *, void (*)(void), void (*)(void), void *);

/* What crt1.o calls; the linker puts it in place of glibc's (--wrap). */
int __wrap___libc_start_main(
    program *main, int count, char **words, constructor *none, void (*end)(void),
    void (*loader_end)(void), void *stack)
{
  (void)none;
  return __real___libc_start_main(main, count, words, construct, end, loader_end, stack);
}

/* Functions since glibc 2.33; before, each program had its own copy. */
#undef stat
#undef fstat
#undef fstatat
#undef lstat
#undef stat64
#undef fstat64
#undef lstat64

int stat(const char *restrict path, struct stat *restrict status)
{
  return (int)syscall(SYS_newfstatat, AT_FDCWD, path, status, 0);
}

int lstat(const char *restrict path, struct stat *restrict status)
{
  return (int)syscall(SYS_newfstatat, AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}

int fstatat(int directory, const char *restrict path, struct stat *restrict status, int flags)
{
  return (int)syscall(SYS_newfstatat, directory, path, status, flags);
}

int fstat(int file, struct stat *status)
{
  return (int)syscall(SYS_fstat, file, status);
}

_Static_assert(sizeof(struct stat) == sizeof(struct stat64), "64-bit machines have one form only");
int stat64(const char *restrict path, struct stat64 *restrict status)
    __attribute__((alias("stat")));
int lstat64(const char *restrict path, struct stat64 *restrict status)
    __attribute__((alias("lstat")));
int fstat64(int file, struct stat64 *status) __attribute__((alias("fstat")));

/* Of 2.28, where off_t may be of 32 bits; here it is the same as fcntl. */
int fcntl64(int file, int command, ...)
{
  va_list rest;
  va_start(rest, command);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  return fcntl(file, command, argument);
}

/* Of 2.32: whether libstdc++ may do without atomic operations. It may not. */
char __libc_single_threaded = 0;

/*
 * Of 2.36: random numbers, which libevent takes for names that it asks servers for; memtop asks none.
 * The kernel's, by getrandom (Linux 3.17). Without any there is no going on.
 */
#undef arc4random
#undef arc4random_buf

void arc4random_buf(void *place, size_t size)
{
  unsigned char *next = place;
  while (size > 0) {
    long count = syscall(SYS_getrandom, next, size, 0);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      abort();
    next += count;
    size -= (size_t)count;
  }
}

uint32_t arc4random(void)
{
  uint32_t number;
  arc4random_buf(&number, sizeof number);
  return number;
}
