#include "messages.h"

#include <stdio.h>
#include <string.h>

static void keep_error(
    xentoollog_logger *logger, xentoollog_level level, int error, const char *context,
    const char *format, va_list arguments)
{
  mt_messages *messages = (mt_messages *)logger;
  (void)context;
  /* The first error is the cause; what follows it only says that something failed. */
  if (level < XTL_ERROR || messages->text[0])
    return;
  vsnprintf(messages->text, sizeof messages->text, format, arguments);
  size_t used = strlen(messages->text);
  if (error > 0)
    snprintf(messages->text + used, sizeof messages->text - used, ": %s", strerror(error));
}

static void ignore_progress(
    xentoollog_logger *logger, const char *context, const char *what, int percent,
    unsigned long done, unsigned long total)
{
  (void)logger, (void)context, (void)what, (void)percent, (void)done, (void)total;
}

/* The storage is its owner's. */
static void keep(xentoollog_logger *logger) { (void)logger; }

void mt_messages_init(mt_messages *messages)
{
  memset(messages, 0, sizeof *messages);
  messages->logger.vmessage = keep_error;
  messages->logger.progress = ignore_progress;
  messages->logger.destroy = keep;
}
