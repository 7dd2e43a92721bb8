#include "thread_signals.h"
#include "crash_signals.h"

sigset_t mt_block_signals(void)
{
  sigset_t all, before;
  sigfillset(&all);
  for (size_t i = 0; i < CRASHES; i++)
    sigdelset(&all, crashes[i]);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  return before;
}

void mt_restore_signals(sigset_t before)
{
  pthread_sigmask(SIG_SETMASK, &before, 0);
}
