#ifndef MEMTOP_CLINUX_CHILD_H
#define MEMTOP_CLINUX_CHILD_H
/* Child processes that end with their parent, or before. */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Starts `path` in a session of its own with all signals at their defaults and unblocked, stdin and
 * stdout on a socket whose other end is `*socket`, stderr on /dev/null, and nothing else open.
 * Returns 0 or an errno value.
 */
int mt_child_start(const char *path, char *const arguments[], pid_t *child, int *socket);

/* The same with stderr on a pipe whose other end is `*errors`. */
int mt_child_start_heard(const char *path, char *const arguments[], pid_t *child, int *socket,
                         int *errors);

/*
 * The same without a new program: this process is doubled, and `*child` is 0 in the double. Only
 * for a process with one thread, since no other exists in the double, though it may hold a lock.
 */
int mt_child_fork(pid_t *child, int *socket);

/* Ends this process by SIGALRM after `milliseconds` (at once where there are none left). */
bool mt_end_after(int64_t milliseconds);

/* Takes that back. */
void mt_end_never(void);

/* Ends this process with the thread that started it; false when its parent is gone already. */
bool mt_end_with_parent(void);
#endif
