#ifndef MEMTOP_CLINUX_LOG_H
#define MEMTOP_CLINUX_LOG_H

#include <stdbool.h>

/*
 * A line in the system's log; `priority` is a facility and a level (syslog(3)). Swift could call
 * vsyslog, but making a va_list there costs a change a twentieth of its time.
 *
 * False where no log takes it: syslog(3) then drops it without a word.
 */
bool mt_log(int priority, const char *text);

/* Whether a log takes lines at this socket. */
bool mt_log_is_there(const char *path);
#endif
