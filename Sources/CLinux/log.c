#include "log.h"

#include <syslog.h>

void mt_log(int priority, const char *text)
{
  syslog(priority, "%s", text);
}
