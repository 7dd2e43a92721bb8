#include "store.h"

#include <errno.h>
#include <stdlib.h>

static bool is_socket(const mt_store *store) { return store->socket.wire.descriptor >= 0; }

static bool begin(mt_store *store, xs_transaction_t *transaction, int *error)
{
  unsigned length;
  if (is_socket(store)) {
    const char *number =
        mt_socket_request(&store->socket, XS_TRANSACTION_START, 0, "", NULL, 0, &length, error);
    *transaction = number ? strtoul(number, NULL, 0) : XBT_NULL;
  } else {
    *transaction = mt_xenstore.xs_transaction_start(store->handle);
    *error = errno;
  }
  return *transaction != XBT_NULL;
}

/* EAGAIN where it is in vain, because somebody else changed what it read. */
static bool end(mt_store *store, xs_transaction_t transaction, bool keeps, int *error)
{
  unsigned length;
  if (is_socket(store))
    return mt_socket_request(
        &store->socket, XS_TRANSACTION_END, transaction, keeps ? "T" : "F", NULL, 0, &length,
        error);
  bool done = mt_xenstore.xs_transaction_end(store->handle, transaction, !keeps);
  *error = errno;
  return done;
}

static bool exists(mt_store *store, xs_transaction_t transaction, const char *path, int *error)
{
  unsigned length;
  if (is_socket(store))
    return mt_socket_request(
        &store->socket, XS_READ, transaction, path, NULL, 0, &length, error);
  void *value = mt_xenstore.xs_read(store->handle, transaction, path, &length);
  *error = errno;
  free(value);
  return value;
}

static bool write_node(
    mt_store *store, xs_transaction_t transaction, const char *path, const void *bytes,
    unsigned length, int *error)
{
  unsigned ignored;
  if (is_socket(store))
    return mt_socket_request(
        &store->socket, XS_WRITE, transaction, path, bytes, length, &ignored, error);
  bool done = mt_xenstore.xs_write(store->handle, transaction, path, bytes, length);
  *error = errno;
  return done;
}

/* Dom0's own, and nothing for anybody else. */
static bool make_private(
    mt_store *store, xs_transaction_t transaction, const char *path, int *error)
{
  unsigned length;
  static const char none[] = "n0";
  if (is_socket(store))
    return mt_socket_request(
        &store->socket, XS_SET_PERMS, transaction, path, none, sizeof none, &length, error);
  struct xs_permissions permissions = {.id = 0, .perms = XS_PERM_NONE};
  bool done = mt_xenstore.xs_set_permissions(store->handle, transaction, path, &permissions, 1);
  *error = errno;
  return done;
}

bool mt_store_write(
    mt_store *store, const char *path, const void *bytes, unsigned length, int *error)
{
  return write_node(store, XBT_NULL, path, bytes, length, error);
}

bool mt_store_remove(mt_store *store, const char *path, int *error)
{
  unsigned length;
  if (is_socket(store))
    return mt_socket_request(&store->socket, XS_RM, XBT_NULL, path, NULL, 0, &length, error);
  bool done = mt_xenstore.xs_rm(store->handle, XBT_NULL, path);
  *error = errno;
  return done;
}

bool mt_store_write_private(
    mt_store *store, const char *directory, const char *path, const void *bytes, unsigned length,
    int *error)
{
  enum { TRIES = 100 };
  for (int i = 0; i < TRIES; i++) {
    xs_transaction_t transaction;
    if (!begin(store, &transaction, error))
      return false;
    bool done = exists(store, transaction, directory, error)
                && write_node(store, transaction, path, bytes, length, error)
                && make_private(store, transaction, path, error);
    int ignored;
    bool is_kept = end(store, transaction, done, done ? error : &ignored);
    if (!done || is_kept || *error != EAGAIN)
      return done && is_kept;
  }
  return false;
}
