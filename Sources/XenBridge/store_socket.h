#ifndef MEMTOP_STORE_SOCKET_H
#define MEMTOP_STORE_SOCKET_H

#include "store_wire.h"
#include "xen_bridge.h"

/*
 * Reads nodes over a socket of xenstored's, many at once: libxenstore takes six system calls for a
 * read and wakes xenstored twice, and waits for each answer before it asks on. It writes there, too:
 * libxenstore would use the kernel's device where the socket has gone meanwhile, and block there.
 */

typedef struct {
  mt_wire wire;
  uint32_t unanswered; /* a bit for each request */
  uint32_t lists;      /* those of them that ask for a list */
  size_t queued;       /* bytes of `requests`, yet to be sent */
  mt_message requests; /* a request of any length, or a whole window of short ones */
} mt_socket;

/* Connects; false with an errno value where nobody listens. */
bool mt_socket_open(mt_socket *socket, const char *path, int *error);

/* As mt_store_ask, mt_store_answer and mt_store_is_answered. */
int mt_socket_ask(mt_socket *socket, bool list, const char *path, int *error);
const void *mt_socket_answer(mt_socket *socket, int *request, unsigned *length, int *error);
bool mt_socket_is_answered(const mt_socket *socket);

/*
 * Sends one request, of `path` with its zero and `size` bytes `more`, and waits for its answer: the
 * payload, valid until the next call, or NULL. Nothing else may be unanswered (EBUSY).
 */
const void *mt_socket_request(
    mt_socket *socket, uint32_t type, uint32_t transaction, const char *path, const void *more,
    unsigned size, unsigned *length, int *error);

#endif
