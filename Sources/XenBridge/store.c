#include "libraries.h"
#include "store_socket.h"
#include "xen_bridge.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct mt_store {
  /* libxenstore's, for all but reading; opened when it is first needed. */
  struct xs_handle *handle;
  /* To read on; -1 where there is no socket, or where watches have made libxenstore read. */
  int descriptor;
};

static bool has_handle(mt_store *store, int *error)
{
  if (!store->handle)
    store->handle = mt_xenstore.xs_open(0);
  *error = errno;
  return store->handle;
}

const char *mt_store_socket(void) { return mt_xenstore.xs_daemon_socket(); }

bool mt_store_has_socket(void)
{
  struct stat status;
  return stat(mt_store_socket(), &status) == 0;
}

mt_store *mt_store_open(bool socket_only, int *error)
{
  mt_store *store = malloc(sizeof *store);
  *error = ENOMEM;
  if (!store)
    return NULL;
  /* Where xenstored runs in a domain of its own there is no socket, and libxenstore reads. */
  *store = (mt_store){NULL, mt_socket_open(mt_store_socket(), error)};
  if (store->descriptor >= 0 || (!socket_only && has_handle(store, error)))
    return store;
  free(store);
  return NULL;
}

void mt_store_close(mt_store *store)
{
  if (store->handle)
    mt_xenstore.xs_close(store->handle);
  if (store->descriptor >= 0)
    close(store->descriptor);
  free(store);
}

void *mt_store_read(mt_store *store, const char *path, unsigned *length, int *error)
{
  if (store->descriptor >= 0)
    return mt_socket_read(store->descriptor, path, length, error);
  void *bytes = mt_xenstore.xs_read(store->handle, XBT_NULL, path, length);
  *error = errno;
  return bytes;
}

bool mt_store_write(
    mt_store *store, const char *path, const void *bytes, unsigned length, int *error)
{
  bool done = has_handle(store, error) &&
    mt_xenstore.xs_write(store->handle, XBT_NULL, path, bytes, length);
  *error = errno;
  return done;
}

bool mt_store_remove(mt_store *store, const char *path, int *error)
{
  bool done = has_handle(store, error) && mt_xenstore.xs_rm(store->handle, XBT_NULL, path);
  *error = errno;
  return done;
}

bool mt_store_watch(mt_store *store, const char *path, const char *token, int *error)
{
  bool done = has_handle(store, error) && mt_xenstore.xs_watch(store->handle, path, token);
  *error = errno;
  /* One connection is enough for a watch. */
  if (done && store->descriptor >= 0) {
    close(store->descriptor);
    store->descriptor = -1;
  }
  return done;
}

int mt_store_watch_fd(mt_store *store) { return mt_xenstore.xs_fileno(store->handle); }

char **mt_store_next_event(mt_store *store, int *error)
{
  char **event = mt_xenstore.xs_check_watch(store->handle);
  *error = errno;
  return event;
}
