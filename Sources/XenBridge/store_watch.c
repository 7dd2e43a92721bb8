#include "libraries.h"
#include "store_wire.h"
#include "xen_bridge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct mt_watch {
  /* libxenstore's, where there is no socket, and the event of its that was given last. */
  struct xs_handle *handle;
  char **event;
  /* Else a socket, and how many watches xenstored has yet to confirm. */
  mt_wire wire;
  unsigned unconfirmed;
  /* Why the socket is of no more use, or 0. */
  int lost;
};

/* Linux registers a watch of its device for itself and waits for xenstored's answer, and nothing ends
 * that wait, not even SIGKILL (drivers/xen/xenbus/xenbus_xs.c, read_reply). While it waits for what is
 * read, a process can end: so xenstored has to answer a read first. */
static void await_answer(struct xs_handle *handle)
{
  unsigned length;
  free(mt_xenstore.xs_read(handle, XBT_NULL, "domid", &length));
}

mt_watch *mt_watch_open(bool socket_only, int *error)
{
  mt_watch *watch = calloc(1, sizeof *watch);
  *error = ENOMEM;
  if (!watch)
    return NULL;
  if (mt_wire_open(&watch->wire, mt_xenstore.xs_daemon_socket(), error))
    return watch;
  if (!socket_only) {
    watch->handle = mt_xenstore.xs_open(0);
    *error = errno;
    if (watch->handle) {
      await_answer(watch->handle);
      return watch;
    }
  }
  free(watch);
  return NULL;
}

void mt_watch_close(mt_watch *watch)
{
  if (watch->handle)
    mt_xenstore.xs_close(watch->handle);
  mt_wire_close(&watch->wire);
  free(watch->event);
  free(watch);
}

/* One token for all: which of the watches fired shows in the path. */
static const char token[] = "memtop";

bool mt_watch_add(mt_watch *watch, const char *path, int *error)
{
  if (watch->handle) {
    bool done = mt_xenstore.xs_watch(watch->handle, path, token);
    *error = errno;
    return done;
  }
  mt_message message;
  size_t size = strlen(path) + 1;
  *error = ENAMETOOLONG;
  if (size + sizeof token > sizeof message.payload)
    return false;
  message.head = (struct xsd_sockmsg){.type = XS_WATCH, .len = size + sizeof token};
  memcpy(message.payload, path, size);
  memcpy(message.payload + size, token, sizeof token);
  watch->unconfirmed++;
  return mt_wire_send(&watch->wire, &message, sizeof message.head + message.head.len, error);
}

int mt_watch_fd(mt_watch *watch)
{
  return watch->handle ? mt_xenstore.xs_fileno(watch->handle) : watch->wire.descriptor;
}

static const char *next_of_library(mt_watch *watch, int *error)
{
  free(watch->event);
  watch->event = mt_xenstore.xs_check_watch(watch->handle);
  /* Without its reader thread libxenstore says EINVAL (xs.c, read_watch_internal). */
  *error = errno == EAGAIN ? EAGAIN : ECONNRESET;
  return watch->event ? watch->event[XS_WATCH_PATH] : NULL;
}

/* The path of an event, or NULL with 0 for a message that says nothing to the caller. */
static const char *path_in(
    mt_watch *watch, const struct xsd_sockmsg *head, const char *payload, int *error)
{
  *error = EPROTO;
  if (head->type == XS_WATCH_EVENT)
    return memchr(payload, 0, head->len) ? payload : NULL;
  /* EAGAIN is for transactions, and would say that no event waits. */
  if (head->type == XS_ERROR && mt_wire_error(payload, head->len) != EAGAIN)
    *error = mt_wire_error(payload, head->len);
  if (head->type == XS_WATCH && watch->unconfirmed > 0) {
    watch->unconfirmed--;
    *error = 0;
  }
  return NULL;
}

/* The path of an event, or NULL: with EAGAIN where there is none, or none is waited for any more. */
static const char *next_of_socket(mt_watch *watch, bool until_confirmed, int *error)
{
  struct xsd_sockmsg head;
  const char *payload, *path;
  while (!watch->lost) {
    *error = EAGAIN;
    if (until_confirmed && !watch->unconfirmed)
      return NULL;
    if (!mt_wire_take(&watch->wire, &head, &payload)) {
      if (mt_wire_receive(&watch->wire, until_confirmed, error))
        continue;
    } else if ((path = path_in(watch, &head, payload, error))) {
      return path;
    }
    if (*error == EAGAIN)
      return NULL;
    /* xenstored sees the end at once: nobody waits for a connection that is not read any more. */
    if (*error)
      shutdown(watch->wire.descriptor, SHUT_RDWR);
    watch->lost = *error;
  }
  *error = watch->lost;
  return NULL;
}

const char *mt_watch_next(mt_watch *watch, int *error)
{
  return watch->handle ? next_of_library(watch, error) : next_of_socket(watch, false, error);
}

const char *mt_watch_confirm(mt_watch *watch, int *error)
{
  const char *path = next_of_socket(watch, true, error);
  /* Time passes before events are asked for again: there may be more by then. */
  if (!path)
    watch->wire.is_drained = false;
  return path;
}
