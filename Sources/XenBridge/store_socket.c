#include "store_socket.h"

#include <errno.h>
#include <string.h>

_Static_assert(MT_STORE_WINDOW == 8 * sizeof((mt_socket *)0)->unanswered, "a bit each");

bool mt_socket_open(mt_socket *store, const char *path, int *error)
{
  store->unanswered = 0;
  store->lists = 0;
  store->queued = 0;
  return mt_wire_open(&store->wire, path, error);
}

int mt_socket_ask(mt_socket *store, bool list, const char *path, int *error)
{
  size_t size = strlen(path) + 1;
  *error = ENAMETOOLONG;
  if (size > sizeof store->requests.payload)
    return -1;
  struct xsd_sockmsg head = {.type = list ? XS_DIRECTORY : XS_READ, .len = size};
  *error = EAGAIN;
  if (!~store->unanswered || store->queued + sizeof head + size > sizeof store->requests)
    return -1;
  int request = __builtin_ctz(~store->unanswered);
  head.req_id = request;
  store->unanswered |= UINT32_C(1) << request;
  if (list)
    store->lists |= UINT32_C(1) << request;
  char *end = (char *)&store->requests + store->queued;
  memcpy(end, &head, sizeof head);
  memcpy(end + sizeof head, path, size);
  store->queued += sizeof head + size;
  return request;
}

bool mt_socket_is_answered(const mt_socket *store) { return mt_wire_has_message(&store->wire); }

/* Sends what was asked for and waits until an answer is here; false where the connection is lost. */
static bool await_answer(mt_socket *store, int *error)
{
  if (mt_wire_has_message(&store->wire))
    return true;
  if (!mt_wire_send(&store->wire, &store->requests, store->queued, error))
    return false;
  store->queued = 0;
  while (!mt_wire_has_message(&store->wire)) {
    if (!mt_wire_receive(&store->wire, true, error))
      return false;
  }
  return true;
}

const void *mt_socket_answer(mt_socket *store, int *request, unsigned *length, int *error)
{
  struct xsd_sockmsg head;
  const char *payload;
  *request = -1;
  if (!await_answer(store, error))
    return NULL;
  mt_wire_take(&store->wire, &head, &payload);
  *error = EPROTO;
  if (head.req_id >= MT_STORE_WINDOW || !(store->unanswered & UINT32_C(1) << head.req_id))
    return NULL;
  uint32_t bit = UINT32_C(1) << head.req_id;
  uint32_t type = store->lists & bit ? XS_DIRECTORY : XS_READ;
  if (head.type != type && head.type != XS_ERROR)
    return NULL;
  store->unanswered &= ~bit;
  store->lists &= ~bit;
  *request = head.req_id;
  *length = head.len;
  *error = head.type == XS_ERROR ? mt_wire_error(payload, head.len) : 0;
  return head.type == type ? payload : NULL;
}

const void *mt_socket_request(
    mt_socket *store, uint32_t type, uint32_t transaction, const char *path, const void *more,
    unsigned size, unsigned *length, int *error)
{
  size_t words = strlen(path) + 1;
  *error = EBUSY;
  if (store->unanswered)
    return NULL;
  *error = ENAMETOOLONG;
  if (words > sizeof store->requests.payload || size > sizeof store->requests.payload - words)
    return NULL;
  store->requests.head = (struct xsd_sockmsg){
      .type = type, .req_id = MT_STORE_WINDOW, .tx_id = transaction, .len = words + size};
  memcpy(store->requests.payload, path, words);
  if (size)
    memcpy(store->requests.payload + words, more, size);
  store->queued = sizeof store->requests.head + words + size;
  struct xsd_sockmsg head;
  const char *payload;
  if (!await_answer(store, error))
    return NULL;
  mt_wire_take(&store->wire, &head, &payload);
  *error = EPROTO;
  if (head.req_id != MT_STORE_WINDOW || (head.type != type && head.type != XS_ERROR))
    return NULL;
  *length = head.len;
  *error = head.type == XS_ERROR ? mt_wire_error(payload, head.len) : 0;
  return head.type == XS_ERROR ? NULL : payload;
}
