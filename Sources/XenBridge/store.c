#include "libraries.h"
#include "store_socket.h"
#include "xen_bridge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct mt_store {
  /* libxenstore's, to write; opened when it is first needed. */
  struct xs_handle *handle;
  /* To read on; without a descriptor (-1) where there is no socket, or once there is a handle. */
  mt_socket socket;
  /* Of libxenstore's reading: the path that was asked for, and the answer that was given. */
  char *asked;
  void *answer;
};

/* One connection is enough: from here on libxenstore reads, too. */
static bool has_handle(mt_store *store, int *error)
{
  if (!store->handle)
    store->handle = mt_xenstore.xs_open(0);
  *error = errno;
  if (store->handle)
    mt_wire_close(&store->socket.wire);
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
  store->handle = NULL;
  store->asked = NULL;
  store->answer = NULL;
  if (mt_socket_open(&store->socket, mt_store_socket(), error)
      || (!socket_only && has_handle(store, error)))
    return store;
  free(store);
  return NULL;
}

void mt_store_close(mt_store *store)
{
  if (store->handle)
    mt_xenstore.xs_close(store->handle);
  mt_wire_close(&store->socket.wire);
  free(store->asked);
  free(store->answer);
  free(store);
}

int mt_store_ask(mt_store *store, const char *path, int *error)
{
  if (store->socket.wire.descriptor >= 0)
    return mt_socket_ask(&store->socket, path, error);
  *error = EAGAIN;
  if (store->asked)
    return -1;
  store->asked = strdup(path);
  *error = errno;
  return store->asked ? 0 : -1;
}

const void *mt_store_answer(mt_store *store, int *request, unsigned *length, int *error)
{
  if (store->socket.wire.descriptor >= 0)
    return mt_socket_answer(&store->socket, request, length, error);
  free(store->answer);
  store->answer = mt_xenstore.xs_read(store->handle, XBT_NULL, store->asked, length);
  *error = errno;
  *request = 0;
  free(store->asked);
  store->asked = NULL;
  return store->answer;
}

bool mt_store_is_answered(const mt_store *store)
{
  return store->socket.wire.descriptor >= 0 && mt_socket_is_answered(&store->socket);
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
