#include "libraries.h"

#include "xen_bridge.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

mt_xenctrl_calls mt_xenctrl;
mt_xenstore_calls mt_xenstore;
mt_xenlight_calls mt_xenlight;

static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
static char opened[3][64]; /* file names */

void mt_library_file(mt_library library, int major, int minor, char *name, size_t size)
{
  switch (library) {
  case MT_LIBXENCTRL:
    snprintf(name, size, "libxenctrl.so.%d.%d", major, minor);
    break;
  case MT_LIBXENSTORE:
    snprintf(name, size, "libxenstore.so.4");
    break;
  case MT_LIBXENLIGHT:
    snprintf(name, size, "libxenlight.so.%d.%d", major, minor);
    break;
  }
}

/* Finds every call of a library, or returns the first that it lacks. */
static const char *find_calls(mt_library library, void *handle)
{
#define MT_FIND(name) \
  if (!(TABLE.name = dlsym(handle, #name))) \
    return #name;
  switch (library) {
  case MT_LIBXENCTRL:
#define TABLE mt_xenctrl
    MT_XENCTRL(MT_FIND)
#undef TABLE
    break;
  case MT_LIBXENSTORE:
#define TABLE mt_xenstore
    MT_XENSTORE(MT_FIND)
#undef TABLE
    break;
  case MT_LIBXENLIGHT:
#define TABLE mt_xenlight
    MT_XENLIGHT(MT_FIND)
#undef TABLE
    break;
  }
#undef MT_FIND
  return NULL;
}

static bool open_library(mt_library library, const char *name, char *message, size_t size)
{
  void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *why = dlerror();
    snprintf(message, size, "%s", why ? why : "dlopen failed");
    return false;
  }
  const char *missing = find_calls(library, handle);
  if (missing) {
    snprintf(message, size, "%s: no function %s", name, missing);
    dlclose(handle);
    return false;
  }
  return true;
}

bool mt_library_open(mt_library library, int major, int minor, char *message, size_t size)
{
  char name[sizeof opened[0]];
  mt_library_file(library, major, minor, name, sizeof name);
  pthread_mutex_lock(&opening);
  bool ready = !strcmp(opened[library], name);
  if (!ready && (ready = open_library(library, name, message, size)))
    strcpy(opened[library], name);
  pthread_mutex_unlock(&opening);
  return ready;
}
