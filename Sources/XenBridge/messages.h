#ifndef MEMTOP_XEN_MESSAGES_H
#define MEMTOP_XEN_MESSAGES_H

#include <xentoollog.h>

/* A logger that keeps the last error of a library's, so that it can travel in a typed error. */
typedef struct {
  xentoollog_logger logger; /* must be first: the libraries hand this pointer back */
  char text[512];
} mt_messages;

void mt_messages_init(mt_messages *messages);

#endif
