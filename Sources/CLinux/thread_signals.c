#include "thread_signals.h"
#include "crash_signals.h"
#include "signal_mask.h"

/* glibc's own, by which all threads of a process change their user (setxid in nptl(7)). */
enum { SETXID = 33 };

uint64_t mt_block_signals(void)
{
  uint64_t all = ~(UINT64_C(1) << (SETXID - 1));
  for (size_t i = 0; i < CRASHES; i++)
    all &= ~(UINT64_C(1) << (crashes[i] - 1));
  return mt_signal_mask(SIG_SETMASK, all);
}

void mt_restore_signals(uint64_t before)
{
  mt_signal_mask(SIG_SETMASK, before);
}
