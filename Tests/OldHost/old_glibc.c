/*
 * old_glibc: what Debian 12's libraries call and glibc 2.31 has under no name: stat and its like were
 * macros until 2.33. Preloaded where libraries of Debian 12 are run on an older glibc (demand_less.py).
 */
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct stat;

int stat(const char *path, struct stat *status)
{
  return syscall(SYS_newfstatat, AT_FDCWD, path, status, 0);
}

int lstat(const char *path, struct stat *status)
{
  return syscall(SYS_newfstatat, AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}

int fstat(int file, struct stat *status)
{
  return syscall(SYS_fstat, file, status);
}
