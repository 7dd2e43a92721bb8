#include "thread_signals.h"

static const int crashes[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};

sigset_t mt_block_signals(void)
{
  sigset_t all, before;
  sigfillset(&all);
  for (unsigned i = 0; i < sizeof crashes / sizeof *crashes; i++)
    sigdelset(&all, crashes[i]);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  return before;
}

void mt_restore_signals(sigset_t before)
{
  pthread_sigmask(SIG_SETMASK, &before, 0);
}
