#define _GNU_SOURCE
#include "signal_mask.h"

#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

uint64_t mt_signal_mask(int how, uint64_t signals)
{
  uint64_t before = 0;
  syscall(SYS_rt_sigprocmask, how, &signals, &before, sizeof signals);
  return before;
}

void mt_signal_default(int number)
{
  /* The kernel's sigaction: a handler, flags, a restorer and a mask, none of them. */
  const uint64_t none[4] = {0};
  syscall(SYS_rt_sigaction, number, none, NULL, sizeof(uint64_t));
}

int mt_signal_descriptor(uint64_t signals)
{
  return (int)syscall(SYS_signalfd4, -1, &signals, sizeof signals, SFD_NONBLOCK | SFD_CLOEXEC);
}
