#ifndef MEMTOP_STORE_H
#define MEMTOP_STORE_H

#include "libraries.h"
#include "store_socket.h"

struct mt_store {
  /* Without a descriptor (-1) where there is no socket. */
  mt_socket socket;
  /* libxenstore's, which uses the kernel's device: only where there is no socket. */
  struct xs_handle *handle;
  /* Of libxenstore's reading: the path that was asked for, and the answer that was given. */
  char *asked;
  void *answer;
};

#endif
