#define _GNU_SOURCE
#include "pseudo_terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int pt_open(unsigned short columns, unsigned short rows, int *master, int *slave)
{
  *master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (*master < 0)
    return errno;
  if (grantpt(*master) || unlockpt(*master))
    return errno;
  *slave = ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (*slave < 0)
    return errno;
  pt_resize(*master, columns, rows);
  return 0;
}

void pt_resize(int master, unsigned short columns, unsigned short rows)
{
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  ioctl(master, TIOCSWINSZ, &size);
}

int pt_unread(int slave)
{
  int count = 0;
  ioctl(slave, FIONREAD, &count);
  return count;
}

int pt_start(const char *path, char *const arguments[], char *const variables[], int slave,
             int errors, pid_t *process)
{
  /* The first terminal that a session's leader opens becomes the session's. */
  char device[64];
  if (ttyname_r(slave, device, sizeof device))
    return errno;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, device, O_RDWR, 0);
  posix_spawn_file_actions_adddup2(&files, STDIN_FILENO, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, errors < 0 ? STDIN_FILENO : errors, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);

  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  int error = posix_spawn(process, path, &files, &attributes, arguments, variables);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

/* Everything below is done between fork and exec of a program with threads: system calls only. */

static void foreground(pid_t group)
{
  tcsetpgrp(STDIN_FILENO, group);
}

static void all_default(void)
{
  for (int number = 1; number <= SIGRTMAX; number++)
    signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static pid_t start_in_foreground(const char *path, char *const arguments[], char *const variables[])
{
  pid_t job = fork();
  if (job == 0) {
    setpgid(0, 0);
    foreground(getpid());
    all_default();
    execve(path, arguments, variables);
    _exit(127);
  }
  setpgid(job, job);
  foreground(job);
  return job;
}

static void lead(pid_t job, int link)
{
  for (;;) {
    int status = 0;
    if (waitpid(job, &status, WUNTRACED) != job || write(link, &status, sizeof status) < 0)
      _exit(1);
    if (!WIFSTOPPED(status))
      _exit(0);
    foreground(getpgrp());
    char order;
    if (read(link, &order, 1) == 1) {
      foreground(job);
      kill(-job, SIGCONT);
    } else {
      kill(-job, SIGKILL);
    }
  }
}

static void be_shell(const char *path, char *const arguments[], char *const variables[],
                     const char *device, int link)
{
  all_default();
  signal(SIGTTOU, SIG_IGN);
  setsid();
  int terminal = open(device, O_RDWR);
  for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
    dup2(terminal, i);
  link = dup2(link, STDERR_FILENO + 1);
  /* Others' ends of terminals among them, which would never be hung up. */
  close_range((unsigned)link + 1, ~0U, 0);
  fcntl(link, F_SETFD, FD_CLOEXEC);
  pid_t job = start_in_foreground(path, arguments, variables);
  if (job < 0 || write(link, &job, sizeof job) < 0)
    _exit(1);
  lead(job, link);
}

int pt_start_job(const char *path, char *const arguments[], char *const variables[], int slave,
                 pid_t *shell, int *link)
{
  char device[64];
  int ends[2];
  if (ttyname_r(slave, device, sizeof device)
      || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
    return errno;
  *shell = fork();
  if (*shell == 0)
    be_shell(path, arguments, variables, device, ends[1]);
  close(ends[1]);
  *link = ends[0];
  return *shell < 0 ? errno : 0;
}

int pt_signal_thread(pid_t process, pid_t thread, int number)
{
  return syscall(SYS_tgkill, process, thread, number) ? errno : 0;
}
