#define _GNU_SOURCE
#include "pseudo_terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
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

int pt_signal_thread(pid_t process, pid_t thread, int number)
{
  return syscall(SYS_tgkill, process, thread, number) ? errno : 0;
}
