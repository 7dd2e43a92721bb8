/* Calls everything in XenBridge once or more, and each way in which it fails: for valgrind, which the
 * Swift above it would only be in the way of. On a fake host (Tests/Bench/parts/fake-host.sh). */
#include "xen_bridge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEMAND(condition) \
  do { \
    if (!(condition)) { \
      fprintf(stderr, "%s:%d: %s (errno %d)\n", __FILE__, __LINE__, #condition, error); \
      exit(1); \
    } \
  } while (0)

static char message[512];
static int error;

static void open_libraries(void)
{
  for (mt_library library = MT_LIBXENCTRL; library <= MT_LIBXENLIGHT; library++) {
    DEMAND(!mt_library_open(library, 4, 99, message, sizeof message) || library == MT_LIBXENSTORE);
    DEMAND(mt_library_open(library, 4, 17, message, sizeof message));
    DEMAND(mt_library_open(library, 4, 17, message, sizeof message));
  }
}

static void ask_hypervisor(void)
{
  mt_hypervisor *hypervisor = mt_hypervisor_open(&error);
  DEMAND(hypervisor);
  for (unsigned capacity = 1; capacity < 2000; capacity *= 3) {
    mt_domain *domains = malloc(capacity * sizeof *domains);
    DEMAND(mt_hypervisor_domains(hypervisor, 0, domains, capacity, &error) > 0);
    free(domains);
  }
  mt_host host;
  mt_node nodes[MT_MOST_NODES];
  uint64_t one, other;
  DEMAND(mt_hypervisor_host(hypervisor, &host, &error) && host.total_pages);
  DEMAND(mt_hypervisor_nodes(hypervisor, nodes, &error) >= 0);
  mt_hypervisor_pod(hypervisor, 1, &one, &other, &error);
  mt_hypervisor_paging_pool(hypervisor, 1, &one, &error);
  mt_hypervisor_node_affinity(hypervisor, 1, &one, &error);
  DEMAND(mt_hypervisor_set_limit(hypervisor, 1, 1 << 20, &error));
  DEMAND(!mt_hypervisor_set_limit(hypervisor, 999, 1 << 20, &error));
  DEMAND(strlen(mt_hypervisor_message(hypervisor)) < 4096);
  mt_hypervisor_close(hypervisor);
}

static void answer_all(mt_store *store)
{
  int request;
  unsigned length, sum = 0;
  for (int i = 0; i < MT_STORE_WINDOW; i++) {
    const unsigned char *bytes = mt_store_answer(store, &request, &length, &error);
    DEMAND(request >= 0);
    for (unsigned j = 0; bytes && j < length; j++)
      sum += bytes[j];
  }
  DEMAND(sum);
}

static void read_and_write(mt_store *store)
{
  char value[3000];
  memset(value, 'x', sizeof value);
  DEMAND(mt_store_write(store, "/local/domain/1/data/memtop", value, sizeof value, &error));
  DEMAND(mt_store_write(store, "/local/domain/1/name", "", 0, &error));
  DEMAND(!mt_store_write(store, "no such path!", "x", 1, &error));
  DEMAND(mt_store_write_private(store, "/local/domain/1", "/local/domain/1/m", "x", 1, &error));
  DEMAND(!mt_store_write_private(store, "/local/domain/9", "/local/domain/9/m", "x", 1, &error));
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < MT_STORE_WINDOW; i++)
      DEMAND(mt_store_ask(
                 store, i % 3 == 0, i % 2 ? "/local/domain/1/data/memtop" : "/local/domain/1", &error)
             >= 0);
    DEMAND(mt_store_ask(store, false, "/one/more", &error) < 0 && error == EAGAIN);
    answer_all(store);
  }
  DEMAND(mt_store_remove(store, "/local/domain/1/m", &error));
}

static void watch(mt_store *store)
{
  mt_watch *watch = mt_watch_open(true, &error);
  DEMAND(watch && mt_watch_add(watch, "/local/domain", &error));
  while (mt_watch_confirm(watch, &error))
    continue;
  DEMAND(error == EAGAIN && mt_watch_fd(watch) >= 0);
  for (int i = 0; i < 500; i++) {
    char path[64];
    snprintf(path, sizeof path, "/local/domain/1/data/%d", i);
    DEMAND(mt_store_write(store, path, "x", 1, &error));
    while (mt_watch_next(watch, &error))
      continue;
    DEMAND(error == EAGAIN);
  }
  mt_watch_close(watch);
}

static void set_target(void)
{
  mt_light *light = mt_light_open(&error, message, sizeof message);
  DEMAND(light);
  /* No domain of libxl's is here: its refusal goes the same way. */
  DEMAND(mt_light_set_target(light, 1, 1 << 16, message, sizeof message) < 0);
  mt_light_close(light);
}

int main(void)
{
  open_libraries();
  ask_hypervisor();
  mt_store *store = mt_store_open(true, &error);
  DEMAND(store && mt_store_has_socket() && mt_store_can_list(store));
  read_and_write(store);
  watch(store);
  set_target();
  mt_store_close(store);
  setenv("XENSTORED_PATH", "/nowhere/socket", 1);
  DEMAND(!mt_store_open(true, &error) && !mt_watch_open(true, &error) && !mt_store_has_socket());
  return 0;
}
