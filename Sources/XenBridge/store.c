#include "libraries.h"
#include "xen_bridge.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

const char *mt_store_socket(void) { return mt_xenstore.xs_daemon_socket(); }

bool mt_store_has_socket(void)
{
  struct stat status;
  return stat(mt_store_socket(), &status) == 0;
}

/* Does anybody listen there? 0 or an errno value. */
static int try_socket(const char *path)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path)
    return ENAMETOOLONG;
  strcpy(address.sun_path, path);
  int socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_fd < 0)
    return errno;
  int failed = connect(socket_fd, (struct sockaddr *)&address, sizeof address);
  int error = failed ? errno : 0;
  close(socket_fd);
  return error;
}

mt_store *mt_store_open(bool socket_only, int *error)
{
  if (socket_only && (*error = try_socket(mt_store_socket())))
    return NULL;
  mt_store *store = mt_xenstore.xs_open(0);
  *error = errno;
  return store;
}

void mt_store_close(mt_store *store) { mt_xenstore.xs_close(store); }

void *mt_store_read(mt_store *store, const char *path, unsigned *length, int *error)
{
  void *bytes = mt_xenstore.xs_read(store, XBT_NULL, path, length);
  *error = errno;
  return bytes;
}

bool mt_store_write(
    mt_store *store, const char *path, const void *bytes, unsigned length, int *error)
{
  bool done = mt_xenstore.xs_write(store, XBT_NULL, path, bytes, length);
  *error = errno;
  return done;
}

bool mt_store_remove(mt_store *store, const char *path, int *error)
{
  bool done = mt_xenstore.xs_rm(store, XBT_NULL, path);
  *error = errno;
  return done;
}

bool mt_store_watch(mt_store *store, const char *path, const char *token, int *error)
{
  bool done = mt_xenstore.xs_watch(store, path, token);
  *error = errno;
  return done;
}

int mt_store_watch_fd(mt_store *store) { return mt_xenstore.xs_fileno(store); }

char **mt_store_next_event(mt_store *store, int *error)
{
  char **event = mt_xenstore.xs_check_watch(store);
  *error = errno;
  return event;
}
