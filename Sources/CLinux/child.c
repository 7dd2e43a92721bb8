#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <unistd.h>

extern char **environ;

static int start(const char *path, char *const arguments[], pid_t *child, int writing)
{
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, writing, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);

  /* A dashboard blocks its signals; the child needs its alarm. */
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  int error = posix_spawn(child, path, &files, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

int mt_child_start(const char *path, char *const arguments[], pid_t *child, int *output)
{
  int ends[2];
  if (pipe2(ends, O_CLOEXEC))
    return errno;
  int error = start(path, arguments, child, ends[1]);
  close(ends[1]);
  if (error)
    close(ends[0]);
  else
    *output = ends[0];
  return error;
}

bool mt_end_after(int64_t milliseconds)
{
  /* The default action ends a process wherever it waits. */
  signal(SIGALRM, SIG_DFL);
  sigset_t alarm_only;
  sigemptyset(&alarm_only);
  sigaddset(&alarm_only, SIGALRM);
  sigprocmask(SIG_UNBLOCK, &alarm_only, NULL);
  if (milliseconds <= 0)
    return raise(SIGALRM) == 0;
  struct itimerval once = {
    .it_value = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000}};
  return setitimer(ITIMER_REAL, &once, NULL) == 0;
}

bool mt_end_with_parent(void)
{
  if (prctl(PR_SET_PDEATHSIG, SIGKILL))
    return false;
  /* A parent that ended before this shows at the pipe, which has no reader then. */
  struct pollfd output = {.fd = STDOUT_FILENO};
  poll(&output, 1, 0);
  return !(output.revents & POLLERR);
}
