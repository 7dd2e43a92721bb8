#define _GNU_SOURCE
#include "scratch.h"

#include <sys/mman.h>

int mt_scratch_file(const char *name)
{
  return memfd_create(name, MFD_CLOEXEC);
}
