#include "store_socket.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>

/* A reply with the longest payload that the protocol has. */
typedef struct {
  struct xsd_sockmsg head;
  char payload[XENSTORE_PAYLOAD_MAX];
} message;

int mt_socket_open(const char *path, int *error)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    *error = ENAMETOOLONG;
    return -1;
  }
  strcpy(address.sun_path, path);
  int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  *error = errno;
  if (descriptor < 0 || !connect(descriptor, (struct sockaddr *)&address, sizeof address))
    return descriptor;
  *error = errno;
  close(descriptor);
  return -1;
}

static bool send_all(int descriptor, const char *bytes, size_t size)
{
  while (size > 0) {
    ssize_t sent = send(descriptor, bytes, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent <= 0)
      return false;
    bytes += sent;
    size -= sent;
  }
  return true;
}

/* One reply is all that can be waiting, so as much is taken as there is. */
static bool receive(int descriptor, message *reply)
{
  size_t got = 0, wanted = sizeof reply->head;
  while (got < wanted) {
    ssize_t more = recv(descriptor, (char *)reply + got, sizeof *reply - got, 0);
    if (more < 0 && errno == EINTR)
      continue;
    if (more <= 0)
      return false;
    got += more;
    if (got >= sizeof reply->head)
      wanted = sizeof reply->head + reply->head.len;
    if (wanted > sizeof *reply)
      return false;
  }
  return got == wanted;
}

/* xenstored sends an error by its name. */
static int error_named(const char *name, size_t length)
{
  for (size_t i = 0; i < sizeof xsd_errors / sizeof *xsd_errors; i++) {
    if (strlen(xsd_errors[i].errstring) < length && !memcmp(xsd_errors[i].errstring, name, length))
      return xsd_errors[i].errnum;
  }
  return EINVAL;
}

void *mt_socket_read(int descriptor, const char *path, unsigned *length, int *error)
{
  message node;
  size_t size = strlen(path) + 1;
  *error = ENAMETOOLONG;
  if (size > sizeof node.payload)
    return NULL;
  node.head = (struct xsd_sockmsg){.type = XS_READ, .len = size};
  memcpy(node.payload, path, size);
  *error = ECONNRESET;
  if (!send_all(descriptor, (char *)&node, sizeof node.head + size) || !receive(descriptor, &node))
    return NULL;
  if (node.head.type == XS_ERROR)
    *error = error_named(node.payload, node.head.len);
  if (node.head.type != XS_READ)
    return NULL;
  *error = ENOMEM;
  *length = node.head.len;
  char *bytes = malloc(*length + 1);
  if (bytes) {
    memcpy(bytes, node.payload, *length);
    bytes[*length] = 0;
  }
  return bytes;
}
