#define _GNU_SOURCE
#include "scratch.h"

#include <linux/memfd.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc has a function for it since 2.27 only. */
int mt_scratch_file(const char *name)
{
  return (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC);
}
