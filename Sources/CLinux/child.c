#define _GNU_SOURCE
#include "child.h"
#include "close_from.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The kernel's number. memtop sets no real-time signals, and their default does not need restoring. */
enum { FIRST_REAL_TIME = 32 };

/*
 * The surroundings of a child. System calls only, since it also runs in a child that still shares its
 * parent's memory. A dashboard blocks its signals; the child needs its alarm.
 */
static void settle(int end, int errors)
{
  setsid();
  const struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int number = 1; number < FIRST_REAL_TIME; number++)
    sigaction(number, &standard, NULL);
  dup2(end, STDIN_FILENO);
  dup2(end, STDOUT_FILENO);
  dup2(errors < 0 ? open("/dev/null", O_WRONLY) : errors, STDERR_FILENO);
  mt_close_from(STDERR_FILENO + 1);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

/*
 * posix_spawn would do, but before glibc 2.26 it refuses POSIX_SPAWN_SETSID, and the signals' settings
 * with it. No signal may come while the memory is shared: its handler would run on the parent's data.
 */
static int start(const char *path, char *const arguments[], pid_t *child, int end, int errors)
{
  volatile int error = 0;
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  *child = vfork();
  if (*child == 0) {
    settle(end, errors);
    execve(path, arguments, environ);
    error = errno;
    _exit(127);
  }
  if (*child < 0)
    error = errno;
  else if (error)
    waitpid(*child, NULL, 0);
  sigprocmask(SIG_SETMASK, &before, NULL);
  return error;
}

/* Without `errors` the child's stderr is /dev/null. */
static int start_on(const char *path, char *const arguments[], pid_t *child, int *socket, int errors)
{
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
    return errno;
  int error = start(path, arguments, child, ends[1], errors);
  close(ends[1]);
  if (error)
    close(ends[0]);
  else
    *socket = ends[0];
  return error;
}

int mt_child_start(const char *path, char *const arguments[], pid_t *child, int *socket)
{
  return start_on(path, arguments, child, socket, -1);
}

int mt_child_start_heard(const char *path, char *const arguments[], pid_t *child, int *socket,
                         int *errors)
{
  int ends[2];
  if (pipe2(ends, O_CLOEXEC))
    return errno;
  int error = start_on(path, arguments, child, socket, ends[1]);
  close(ends[1]);
  if (error)
    close(ends[0]);
  else
    *errors = ends[0];
  return error;
}

int mt_child_fork(pid_t *child, int *socket)
{
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
    return errno;
  *child = fork();
  int error = errno;
  if (*child == 0) {
    settle(ends[1], -1);
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
