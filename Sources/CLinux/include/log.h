#ifndef MEMTOP_CLINUX_LOG_H
#define MEMTOP_CLINUX_LOG_H

/*
 * A line in the system's log; `priority` is a facility and a level (syslog(3)). Swift could call
 * vsyslog, but making a va_list there costs a change a twentieth of its time.
 */
void mt_log(int priority, const char *text);
#endif
