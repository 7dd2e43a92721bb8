#include "layouts.h"
#include "libraries.h"
#include "messages.h"
#include "xen_bridge.h"

#include <errno.h>
#include <stdlib.h>

_Static_assert(MT_DOMAIN_DYING == XEN_DOMINF_dying, "Xen's flag");
_Static_assert(MT_DOMAIN_HVM == XEN_DOMINF_hvm_guest, "Xen's flag");
_Static_assert(MT_DOMAIN_SHUTDOWN == XEN_DOMINF_shutdown, "Xen's flag");
_Static_assert(MT_DOMAIN_PAUSED == XEN_DOMINF_paused, "Xen's flag");
_Static_assert(
    MT_EMULATES_PVH == (XEN_X86_EMU_LAPIC | XEN_X86_EMU_IOAPIC | XEN_X86_EMU_VPCI), "Xen's flags");
_Static_assert(sizeof(xc_domaininfo_t) == 112, "the layout of Xen 4.17 to 4.22");

struct mt_hypervisor {
  xc_interface *interface;
  xc_domaininfo_t *buffer; /* kept between calls */
  unsigned capacity;
  mt_messages messages;
};

mt_hypervisor *mt_hypervisor_open(int *error)
{
  mt_hypervisor *hypervisor = calloc(1, sizeof *hypervisor);
  if (!hypervisor) {
    *error = ENOMEM;
    return NULL;
  }
  mt_messages_init(&hypervisor->messages);
  xentoollog_logger *logger = &hypervisor->messages.logger;
  hypervisor->interface = mt_xenctrl.xc_interface_open(logger, logger, 0);
  if (!hypervisor->interface) {
    *error = errno;
    free(hypervisor);
    return NULL;
  }
  if (!layouts_are_known(hypervisor->interface)) {
    *error = 0;
    mt_hypervisor_close(hypervisor);
    return NULL;
  }
  return hypervisor;
}

void mt_hypervisor_close(mt_hypervisor *hypervisor)
{
  mt_xenctrl.xc_interface_close(hypervisor->interface);
  free(hypervisor->buffer);
  free(hypervisor);
}

static uint64_t big_endian(const uint8_t *bytes)
{
  uint64_t value = 0;
  for (int i = 0; i < 8; i++)
    value = value << 8 | bytes[i];
  return value;
}

static mt_domain needed(const xc_domaininfo_t *info)
{
  return (mt_domain){
    .domid = info->domain,
    .shutdown_reason = info->flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask,
    .flags = info->flags & (MT_DOMAIN_DYING | MT_DOMAIN_HVM | MT_DOMAIN_SHUTDOWN | MT_DOMAIN_PAUSED),
    .emulation = info->arch_config.emulation_flags,
    .uuid_high = big_endian(info->handle),
    .uuid_low = big_endian(info->handle + 8),
    .allocated_pages = info->tot_pages,
    .limit_pages = info->max_pages,
    .claimed_pages = info->outstanding_pages,
  };
}

static bool reserve(mt_hypervisor *hypervisor, unsigned capacity)
{
  if (capacity <= hypervisor->capacity)
    return true;
  void *larger = realloc(hypervisor->buffer, capacity * sizeof *hypervisor->buffer);
  if (!larger)
    return false;
  hypervisor->buffer = larger;
  hypervisor->capacity = capacity;
  return true;
}

int mt_hypervisor_domains(
    mt_hypervisor *hypervisor, uint32_t first, mt_domain *domains, unsigned capacity, int *error)
{
  if (!reserve(hypervisor, capacity)) {
    *error = ENOMEM;
    return -1;
  }
  hypervisor->messages.text[0] = 0;
  int count = mt_xenctrl.xc_domain_getinfolist(
      hypervisor->interface, first, capacity, hypervisor->buffer);
  *error = errno;
  for (int i = 0; i < count; i++)
    domains[i] = needed(&hypervisor->buffer[i]);
  return count < 0 ? -1 : count;
}

bool mt_hypervisor_host(mt_hypervisor *hypervisor, mt_host *host, int *error)
{
  xc_physinfo_t info = {0};
  hypervisor->messages.text[0] = 0;
  int failed = mt_xenctrl.xc_physinfo(hypervisor->interface, &info);
  *error = errno;
  *host = (mt_host){
    .total_pages = info.total_pages,
    .free_pages = info.free_pages,
    .claimed_pages = info.outstanding_pages,
    .has_hap = info.capabilities & XEN_SYSCTL_PHYSCAP_hap,
    .shares_page_tables = info.capabilities & XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share,
  };
  return !failed;
}

bool mt_hypervisor_pod(
    mt_hypervisor *hypervisor, uint32_t domid, uint64_t *entries, uint64_t *cache, int *error)
{
  hypervisor->messages.text[0] = 0;
  int failed = mt_xenctrl.xc_domain_get_pod_target(
      hypervisor->interface, domid, NULL, cache, entries);
  *error = errno;
  return !failed;
}

bool mt_hypervisor_paging_pool(
    mt_hypervisor *hypervisor, uint32_t domid, uint64_t *bytes, int *error)
{
  hypervisor->messages.text[0] = 0;
  int failed = mt_xenctrl.xc_get_paging_mempool_size(hypervisor->interface, domid, bytes);
  *error = errno;
  return !failed;
}

int mt_hypervisor_nodes(mt_hypervisor *hypervisor, mt_node nodes[MT_MOST_NODES], int *error)
{
  xc_meminfo_t info[MT_MOST_NODES] = {{0}};
  unsigned count = MT_MOST_NODES;
  hypervisor->messages.text[0] = 0;
  int failed = mt_xenctrl.xc_numainfo(hypervisor->interface, &count, info, NULL);
  *error = errno;
  if (failed)
    return -1;
  if (count > MT_MOST_NODES)
    count = MT_MOST_NODES;
  for (unsigned i = 0; i < count; i++) {
    bool is_there = info[i].memsize != XEN_INVALID_MEM_SZ;
    nodes[i] = (mt_node){
      .size = is_there ? info[i].memsize : 0,
      .free = is_there ? info[i].memfree : 0,
    };
  }
  return (int)count;
}

bool mt_hypervisor_node_affinity(
    mt_hypervisor *hypervisor, uint32_t domid, uint64_t *nodes, int *error)
{
  uint8_t map[MT_MOST_NODES / 8] = {0};
  hypervisor->messages.text[0] = 0;
  int size = mt_xenctrl.xc_get_nodemap_size(hypervisor->interface);
  *error = errno;
  if (size <= 0)
    return false;
  if (size > (int)sizeof map) {
    *error = E2BIG;
    return false;
  }
  int failed = mt_xenctrl.xc_domain_node_getaffinity(hypervisor->interface, domid, map);
  *error = errno;
  *nodes = 0;
  for (int i = 0; i < size; i++)
    *nodes |= (uint64_t)map[i] << (8 * i);
  return !failed;
}

bool mt_hypervisor_set_limit(
    mt_hypervisor *hypervisor, uint32_t domid, uint64_t kib, int *error)
{
  hypervisor->messages.text[0] = 0;
  int failed = mt_xenctrl.xc_domain_setmaxmem(hypervisor->interface, domid, kib);
  *error = errno;
  return !failed;
}

const char *mt_hypervisor_message(const mt_hypervisor *hypervisor)
{
  return hypervisor->messages.text;
}
