#ifndef MEMTOP_STORE_WIRE_H
#define MEMTOP_STORE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/io/xs_wire.h>

/*
 * A socket of xenstored's and the messages of its wire protocol (xen/io/xs_wire.h), because reading
 * nodes and taking events is most of what memtop does, and libxenstore takes two system calls and an
 * allocation for each message. Here as many as are there are taken in one system call, and in place.
 */

/* A message with the longest payload that the protocol has. */
typedef struct {
  struct xsd_sockmsg head;
  char payload[XENSTORE_PAYLOAD_MAX];
} mt_message;

typedef struct {
  int descriptor;    /* -1 where there is none */
  size_t start, end; /* of what was received and not yet taken */
  size_t skipped;    /* bytes yet to come of a message that is too long to be taken */
  bool is_drained;   /* the last recv took all that there was */
  char received[4 * sizeof(mt_message)];
} mt_wire;

/* Connects; false with an errno value where nobody listens. */
bool mt_wire_open(mt_wire *wire, const char *path, int *error);

/* Harmless where it is not open. */
void mt_wire_close(mt_wire *wire);

/* Sends all of it, however long that takes; false with an errno value where that is in vain. */
bool mt_wire_send(mt_wire *wire, const void *bytes, size_t size, int *error);

/* Is a whole message here, so that `mt_wire_take` gives one? */
bool mt_wire_has_message(const mt_wire *wire);

/*
 * Takes the next message out of what was received; its payload is valid until the next
 * `mt_wire_receive`. False where none is here.
 */
bool mt_wire_take(mt_wire *wire, struct xsd_sockmsg *head, const char **payload);

/*
 * Receives what there is, up to the buffer's size; for where no whole message is here. False with an
 * errno value where nothing came: EAGAIN, unless it `waits`; EPROTO where the next message is longer
 * than any may be; ECONNRESET where xenstored is gone. A folder's list that is too long becomes E2BIG.
 *
 * What took all that there was is followed by one EAGAIN without a system call, so that whoever takes
 * messages until there are none makes one recv and not two.
 */
bool mt_wire_receive(mt_wire *wire, bool waits, int *error);

/* The errno value that the payload of an XS_ERROR names. */
int mt_wire_error(const char *payload, size_t length);

#endif
