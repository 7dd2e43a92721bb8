#define _GNU_SOURCE
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

extern char **environ;

static int start(const char *path, char *const arguments[], pid_t *child, int end)
{
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, end, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, end, STDOUT_FILENO);
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

int mt_child_start(const char *path, char *const arguments[], pid_t *child, int *socket)
{
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
    return errno;
  int error = start(path, arguments, child, ends[1]);
  close(ends[1]);
  if (error)
    close(ends[0]);
  else
    *socket = ends[0];
  return error;
}

/* The same surroundings as those of a started child. */
static void settle(int end)
{
  setsid();
  for (int number = 1; number < NSIG; number++)
    signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  dup2(end, STDIN_FILENO);
  dup2(end, STDOUT_FILENO);
  int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDERR_FILENO);
  close_range(STDERR_FILENO + 1, ~0U, 0);
}

int mt_child_fork(pid_t *child, int *socket)
{
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
    return errno;
  *child = fork();
  int error = errno;
  if (*child == 0) {
    settle(ends[1]);
    return 0;
  }
  close(ends[1]);
  *socket = ends[0];
  if (*child > 0)
    return 0;
  close(ends[0]);
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

void mt_end_never(void)
{
  const struct itimerval none = {0};
  setitimer(ITIMER_REAL, &none, NULL);
}

bool mt_end_with_parent(void)
{
  if (prctl(PR_SET_PDEATHSIG, SIGKILL))
    return false;
  /* A parent that ended before this shows at the socket, whose other end is closed then. */
  struct pollfd output = {.fd = STDOUT_FILENO};
  poll(&output, 1, 0);
  return !(output.revents & (POLLERR | POLLHUP));
}
