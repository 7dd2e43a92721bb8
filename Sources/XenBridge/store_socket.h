#ifndef MEMTOP_STORE_SOCKET_H
#define MEMTOP_STORE_SOCKET_H

#include "xen_bridge.h"

#include <xen/io/xs_wire.h>

/*
 * Reads nodes over a socket of xenstored's by its wire protocol (xen/io/xs_wire.h), because reading
 * is most of what memtop does: libxenstore takes six system calls for a read and wakes xenstored
 * twice, and waits for each answer before it asks on. Here many requests go out in one system call.
 */

/* A message with the longest payload that the protocol has. */
typedef struct {
  struct xsd_sockmsg head;
  char payload[XENSTORE_PAYLOAD_MAX];
} mt_message;

typedef struct {
  int descriptor;
  uint32_t unanswered; /* a bit for each request */
  size_t queued;       /* bytes of `requests`, yet to be sent */
  size_t start, end;   /* of what was received and not yet taken */
  mt_message requests; /* a request of any length, or a whole window of short ones */
  char replies[4 * sizeof(mt_message)];
} mt_socket;

/* Connects; false with an errno value where nobody listens. */
bool mt_socket_open(mt_socket *socket, const char *path, int *error);

/* As mt_store_ask, mt_store_answer and mt_store_is_answered. */
int mt_socket_ask(mt_socket *socket, const char *path, int *error);
const void *mt_socket_answer(mt_socket *socket, int *request, unsigned *length, int *error);
bool mt_socket_is_answered(const mt_socket *socket);

#endif
