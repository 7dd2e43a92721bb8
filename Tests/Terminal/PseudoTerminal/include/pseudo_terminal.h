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
#endif
