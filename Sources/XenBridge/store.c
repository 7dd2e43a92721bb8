#include "store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
  store->handle = NULL;
  store->asked = NULL;
  store->answer = NULL;
  if (mt_socket_open(&store->socket, mt_store_socket(), error))
    return store;
  /* xs_open falls back to the device whatever its flags are (xs.c of 4.17). */
  if (!socket_only) {
    /* Where xenstored runs in a domain of its own there is no socket. */
    store->handle = mt_xenstore.xs_open(0);
    *error = errno;
  }
  if (store->handle)
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

bool mt_store_can_list(const mt_store *store) { return store->socket.wire.descriptor >= 0; }

int mt_store_ask(mt_store *store, bool list, const char *path, int *error)
{
  if (store->socket.wire.descriptor >= 0)
    return mt_socket_ask(&store->socket, list, path, error);
  *error = list ? EOPNOTSUPP : EAGAIN;
  if (list || store->asked)
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
