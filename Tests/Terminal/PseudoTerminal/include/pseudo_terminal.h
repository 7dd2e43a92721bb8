#ifndef MEMTOP_PSEUDO_TERMINAL_H
#define MEMTOP_PSEUDO_TERMINAL_H
/* Pseudo-terminals, of which Swift's Glibc module knows nothing. */
#include <sys/types.h>

/*
 * Opens a terminal of that size. `*master` is the end of who sits at it and does not block; `*slave`
 * is the program's end. Returns 0 or an errno value.
 */
int pt_open(unsigned short columns, unsigned short rows, int *master, int *slave);

/* Gives it another size, as a window that is dragged. */
void pt_resize(int master, unsigned short columns, unsigned short rows);

/* Sends a signal to one thread of a process. Returns 0 or an errno value. */
int pt_signal_thread(pid_t process, pid_t thread, int number);

/* How many bytes were typed that no program has read. */
int pt_unread(int slave);

/*
 * Starts `path` as the leader of a session whose terminal is `slave`, with all signals at their
 * defaults and nothing else open. Where `errors` is not -1, it is standard error instead.
 * Returns 0 or an errno value.
 */
int pt_start(const char *path, char *const arguments[], char *const variables[], int slave,
             int errors, pid_t *process);

/*
 * Starts `path` as a shell does: as a job in the foreground of a session that another process,
 * `*shell`, leads. That one takes the terminal whenever the job has stopped. From `*link` come the
 * job's process number and then each status of waitpid(2); a byte written to it brings the job to the
 * foreground and continues it. Returns 0 or an errno value.
 */
int pt_start_job(const char *path, char *const arguments[], char *const variables[], int slave,
                 pid_t *shell, int *link);
#endif
