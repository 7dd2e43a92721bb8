#include "libraries.h"
#include "messages.h"
#include "xen_bridge.h"

#include <stdio.h>

int mt_target_set(uint32_t domid, int64_t size_kib, char *message, size_t size)
{
  mt_messages messages;
  mt_messages_init(&messages);
  libxl_ctx *context = NULL;
  int result = mt_xenlight.libxl_ctx_alloc(&context, LIBXL_VERSION, 0, &messages.logger);
  if (result == 0) {
    const int absolute = 0, enforce = 1;
    result = mt_xenlight.libxl_set_memory_target(context, domid, size_kib, absolute, enforce);
    mt_xenlight.libxl_ctx_free(context);
  }
  snprintf(message, size, "%s", messages.text);
  return result;
}
