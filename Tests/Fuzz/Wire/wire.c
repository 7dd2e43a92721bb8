/* libFuzzer for the wire of xenstored: whatever a socket brings, messages lie within what was received, and
 * reading comes to an end. The first byte says in how many pieces the rest comes. */
#include "store_wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void demand(bool is_so, const char *what)
{
  if (!is_so) {
    fprintf(stderr, "%s\n", what);
    abort();
  }
}

/* Each message that is here; its payload is read to the last byte, which the address sanitizer watches. */
static unsigned take_all(mt_wire *wire)
{
  struct xsd_sockmsg head;
  const char *payload;
  unsigned sum = 0;
  while (mt_wire_take(wire, &head, &payload)) {
    demand(head.len <= XENSTORE_PAYLOAD_MAX, "a message longer than any may be");
    demand(payload >= wire->received, "before the buffer");
    demand(payload + head.len <= wire->received + wire->end, "behind what was received");
    for (uint32_t place = 0; place < head.len; place++)
      sum += (unsigned char)payload[place];
    demand(mt_wire_error(payload, head.len) > 0, "no errno value");
  }
  return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
  int ends[2], error;
  if (size < 1 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
    return 0;
  size_t pieces = 1 + bytes[0] % 8, rest = size - 1;
  const uint8_t *next = bytes + 1;
  mt_wire *wire = malloc(sizeof *wire);
  wire->descriptor = ends[0];
  wire->start = wire->end = 0;
  wire->is_drained = false;
  volatile unsigned sum = 0;
  for (size_t piece = 0; piece < pieces; piece++) {
    size_t length = piece + 1 == pieces ? rest : rest / 2;
    if (length && write(ends[1], next, length) != (ssize_t)length)
      break;
    next += length;
    rest -= length;
    bool is_last = piece + 1 == pieces;
    if (is_last)
      shutdown(ends[1], SHUT_WR);
    for (;;) {
      sum += take_all(wire);
      if (mt_wire_receive(wire, false, &error))
        continue;
      if (error != EAGAIN || !is_last)
        break;
    }
    if (error != EAGAIN)
      break;
  }
  demand(error == ECONNRESET || error == EPROTO || error == EAGAIN, "another error");
  close(ends[1]);
  mt_wire_close(wire);
  free(wire);
  return 0;
}
