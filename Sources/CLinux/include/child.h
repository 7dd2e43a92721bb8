#ifndef MEMTOP_CLINUX_CHILD_H
#define MEMTOP_CLINUX_CHILD_H
/* Child processes that do not outlive their purpose. */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Starts `path` in a session of its own with all signals at their defaults and unblocked, stdout on
 * a pipe whose other end is `*output`, stdin and stderr on /dev/null, and nothing else open.
 * Returns 0 or an errno value.
 */
int mt_child_start(const char *path, char *const arguments[], pid_t *child, int *output);

/* Ends this process by SIGALRM after `milliseconds` (at once where there are none left). */
bool mt_end_after(int64_t milliseconds);

/* Ends this process with the thread that started it; false when its parent is gone already. */
bool mt_end_with_parent(void);
#endif
