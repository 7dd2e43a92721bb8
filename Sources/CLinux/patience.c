#define _GNU_SOURCE
#include "patience.h"

#include <sched.h>

void mt_set_sched_batch(void)
{
  struct sched_param none = {0};
  /* Where it is refused, all is as it was. */
  (void)!sched_setscheduler(0, SCHED_BATCH, &none);
}
