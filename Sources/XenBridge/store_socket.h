#ifndef MEMTOP_STORE_SOCKET_H
#define MEMTOP_STORE_SOCKET_H

#include <stdbool.h>

/*
 * Reads nodes over a socket of xenstored's by its wire protocol (xen/io/xs_wire.h), because reading
 * is most of what memtop does: libxenstore takes six system calls for a read and wakes xenstored
 * twice, this takes two and wakes it once.
 */

/* Connects; -1 with an errno value where nobody listens. */
int mt_socket_open(const char *path, int *error);

/* As mt_store_read. After ECONNRESET the socket is of no more use. */
void *mt_socket_read(int descriptor, const char *path, unsigned *length, int *error);

#endif
