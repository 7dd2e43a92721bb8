/* Before xs_wire.h, which has a table of errors for whoever knows their numbers. */
#include <errno.h>

#include "store_wire.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A folder's list that is longer is no list but an attack. */
enum { MOST_SKIPPED = 1 << 20 };

bool mt_wire_open(mt_wire *wire, const char *path, int *error)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  wire->descriptor = -1;
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
  wire->descriptor = descriptor;
  wire->start = wire->end = wire->skipped = 0;
  wire->is_drained = false;
  return true;
}

void mt_wire_close(mt_wire *wire)
{
  if (wire->descriptor >= 0)
    close(wire->descriptor);
  wire->descriptor = -1;
}

bool mt_wire_send(mt_wire *wire, const void *bytes, size_t size, int *error)
{
  const char *rest = bytes;
  while (size > 0) {
    ssize_t sent = send(wire->descriptor, rest, size, MSG_NOSIGNAL);
    *error = errno;
    if (sent < 0 && *error == EINTR)
      continue;
    if (sent < 0)
      return false;
    rest += sent;
    size -= sent;
  }
  return true;
}

/* How long the next message is, as far as that is known by now. */
static size_t wanted(const mt_wire *wire)
{
  struct xsd_sockmsg head;
  if (wire->end - wire->start < sizeof head)
    return sizeof head;
  memcpy(&head, wire->received + wire->start, sizeof head);
  return sizeof head + head.len;
}

bool mt_wire_has_message(const mt_wire *wire)
{
  size_t size = wire->end - wire->start, length = wanted(wire);
  return size >= sizeof(struct xsd_sockmsg) && size >= length && length <= sizeof(mt_message);
}

bool mt_wire_take(mt_wire *wire, struct xsd_sockmsg *head, const char **payload)
{
  if (!mt_wire_has_message(wire))
    return false;
  memcpy(head, wire->received + wire->start, sizeof *head);
  *payload = wire->received + wire->start + sizeof *head;
  wire->start += sizeof *head + head->len;
  return true;
}

/*
 * oxenstored sends a folder's list however long it is (connection.ml, send_reply), and any guest can make
 * one too long for the protocol. It becomes the answer that C xenstored gives: E2BIG. What is yet to come
 * of it is dropped as it comes.
 */
static bool shorten(mt_wire *wire)
{
  static const char reason[] = "E2BIG";
  struct xsd_sockmsg head;
  memcpy(&head, wire->received + wire->start, sizeof head);
  if (head.type != XS_DIRECTORY || head.len > MOST_SKIPPED)
    return false;
  size_t length = sizeof head + head.len, size = wire->end - wire->start;
  size_t here = size < length ? size : length;
  head.type = XS_ERROR;
  head.len = sizeof reason;
  if (here < sizeof head + sizeof reason) {
    /* Nothing else is behind it. */
    wire->start = 0;
    wire->end = here = sizeof head + sizeof reason;
    wire->skipped = length - size;
  } else {
    wire->skipped = length - here;
  }
  wire->start += here - sizeof head - sizeof reason;
  memcpy(wire->received + wire->start, &head, sizeof head);
  memcpy(wire->received + wire->start + sizeof head, reason, sizeof reason);
  return true;
}

bool mt_wire_receive(mt_wire *wire, bool waits, int *error)
{
  *error = EPROTO;
  if (wanted(wire) > sizeof(mt_message))
    return shorten(wire);
  *error = EAGAIN;
  bool was_drained = wire->is_drained;
  wire->is_drained = false;
  if (was_drained && !waits)
    return false;
  size_t kept = wire->end - wire->start, room = sizeof wire->received - kept;
  memmove(wire->received, wire->received + wire->start, kept);
  wire->start = 0;
  wire->end = kept;
  ssize_t got;
  do {
    got = recv(wire->descriptor, wire->received + kept, room, waits ? 0 : MSG_DONTWAIT);
    *error = got ? errno : ECONNRESET;
  } while (got < 0 && *error == EINTR);
  if (got <= 0)
    return false;
  wire->is_drained = (size_t)got < room;
  size_t dropped = (size_t)got < wire->skipped ? (size_t)got : wire->skipped;
  memmove(wire->received + kept, wire->received + kept + dropped, got - dropped);
  wire->skipped -= dropped;
  wire->end += got - dropped;
  return true;
}

/* xenstored sends an error by its name, with the zero at its end. */
int mt_wire_error(const char *payload, size_t length)
{
  for (size_t i = 0; i < sizeof xsd_errors / sizeof *xsd_errors; i++) {
    const char *known = xsd_errors[i].errstring;
    if (strlen(known) + 1 == length && !memcmp(known, payload, length))
      return xsd_errors[i].errnum;
  }
  /* oxenstored's own word for a quota that is used up (tools/ocaml/xenstored/process.ml). */
  static const char quota[] = "EQUOTA";
  return length == sizeof quota && !memcmp(quota, payload, length) ? EDQUOT : EINVAL;
}
