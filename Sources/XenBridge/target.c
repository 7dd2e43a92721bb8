#include "libraries.h"
#include "messages.h"
#include "xen_bridge.h"

#include <stdio.h>
#include <stdlib.h>

struct mt_light {
  mt_messages messages;
  libxl_ctx *context;
};

static void tell(const mt_light *light, char *message, size_t size)
{
  snprintf(message, size, "%s", light->messages.text);
}

mt_light *mt_light_open(int *error, char *message, size_t size)
{
  mt_light *light = malloc(sizeof *light);
  *error = ERROR_NOMEM;
  if (!light)
    return NULL;
  mt_messages_init(&light->messages);
  light->context = NULL;
  *error =
      mt_xenlight.libxl_ctx_alloc(&light->context, LIBXL_VERSION, 0, &light->messages.logger);
  if (*error == 0)
    return light;
  tell(light, message, size);
  free(light);
  return NULL;
}

void mt_light_close(mt_light *light)
{
  mt_xenlight.libxl_ctx_free(light->context);
  free(light);
}

int mt_light_set_target(
    mt_light *light, uint32_t domid, int64_t size_kib, char *message, size_t size)
{
  const int absolute = 0, enforce = 1;
  int result =
      mt_xenlight.libxl_set_memory_target(light->context, domid, size_kib, absolute, enforce);
  tell(light, message, size);
  return result;
}
