/* Before xs_wire.h, which has a table of errors for whoever knows their numbers. */
#include <errno.h>

#include "store_socket.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

_Static_assert(MT_STORE_WINDOW == 8 * sizeof((mt_socket *)0)->unanswered, "a bit each");

bool mt_socket_open(mt_socket *store, const char *path, int *error)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  store->descriptor = -1;
  *error = ENAMETOOLONG;
  if (strlen(path) >= sizeof address.sun_path)
    return false;
  strcpy(address.sun_path, path);
  int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  *error = errno;
  if (descriptor < 0)
    return false;
  if (connect(descriptor, (struct sockaddr *)&address, sizeof address)) {
    *error = errno;
    close(descriptor);
    return false;
  }
  store->descriptor = descriptor;
  store->unanswered = 0;
  store->queued = store->start = store->end = 0;
  return true;
}

int mt_socket_ask(mt_socket *store, const char *path, int *error)
{
  size_t size = strlen(path) + 1;
  *error = ENAMETOOLONG;
  if (size > sizeof store->requests.payload)
    return -1;
  struct xsd_sockmsg head = {.type = XS_READ, .len = size};
  *error = EAGAIN;
  if (!~store->unanswered || store->queued + sizeof head + size > sizeof store->requests)
    return -1;
  int request = __builtin_ctz(~store->unanswered);
  head.req_id = request;
  store->unanswered |= UINT32_C(1) << request;
  char *end = (char *)&store->requests + store->queued;
  memcpy(end, &head, sizeof head);
  memcpy(end + sizeof head, path, size);
  store->queued += sizeof head + size;
  return request;
}

static bool send_queued(mt_socket *store)
{
  const char *bytes = (const char *)&store->requests;
  while (store->queued > 0) {
    ssize_t sent = send(store->descriptor, bytes, store->queued, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent <= 0)
      return false;
    bytes += sent;
    store->queued -= sent;
  }
  return true;
}

/* How long the message at `start` is, as far as that is known by now. */
static size_t wanted(const mt_socket *store)
{
  struct xsd_sockmsg head;
  if (store->end - store->start < sizeof head)
    return sizeof head;
  memcpy(&head, store->replies + store->start, sizeof head);
  return sizeof head + head.len;
}

bool mt_socket_is_answered(const mt_socket *store)
{
  size_t size = store->end - store->start;
  return size >= sizeof(struct xsd_sockmsg) && size >= wanted(store);
}

/* Takes as much as there is; false where the connection is lost. */
static bool receive(mt_socket *store)
{
  memmove(store->replies, store->replies + store->start, store->end - store->start);
  store->end -= store->start;
  store->start = 0;
  while (true) {
    ssize_t got = recv(
        store->descriptor, store->replies + store->end, sizeof store->replies - store->end, 0);
    if (got < 0 && errno == EINTR)
      continue;
    store->end += got > 0 ? got : 0;
    return got > 0;
  }
}

/* xenstored sends an error by its name, with the zero at its end. */
static int error_named(const char *name, size_t length)
{
  for (size_t i = 0; i < sizeof xsd_errors / sizeof *xsd_errors; i++) {
    const char *known = xsd_errors[i].errstring;
    if (strlen(known) + 1 == length && !memcmp(known, name, length))
      return xsd_errors[i].errnum;
  }
  return EINVAL;
}

const void *mt_socket_answer(mt_socket *store, int *request, unsigned *length, int *error)
{
  *request = -1;
  *error = ECONNRESET;
  if (!mt_socket_is_answered(store) && !send_queued(store))
    return NULL;
  while (!mt_socket_is_answered(store)) {
    if (wanted(store) > sizeof(mt_message) || !receive(store))
      return NULL;
  }
  struct xsd_sockmsg head;
  memcpy(&head, store->replies + store->start, sizeof head);
  const char *payload = store->replies + store->start + sizeof head;
  *error = EPROTO;
  if (head.len > XENSTORE_PAYLOAD_MAX || head.req_id >= MT_STORE_WINDOW
      || !(store->unanswered & UINT32_C(1) << head.req_id)
      || (head.type != XS_READ && head.type != XS_ERROR))
    return NULL;
  store->start += sizeof head + head.len;
  store->unanswered &= ~(UINT32_C(1) << head.req_id);
  *request = head.req_id;
  *length = head.len;
  *error = head.type == XS_ERROR ? error_named(payload, head.len) : 0;
  return head.type == XS_READ ? payload : NULL;
}
