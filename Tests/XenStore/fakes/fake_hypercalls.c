/*
 * Fakes the hypervisor below the real libxenctrl: the hypercall, foreign memory and device model
 * libraries answer from a table of domains in a text file, which may change at any time.
 *
 * Use as LD_PRELOAD, or dlopen it with RTLD_GLOBAL before libxenctrl is opened. FAKE_XEN_TABLE names
 * the file; replace it by rename, so that no half of it is ever seen. Its lines (numbers decimal):
 *
 *   host TOTAL FREE CLAIMED                                                     pages
 *   domain DOMID HANDLE FLAGS EMULATION ALLOCATED LIMIT CLAIMED NANOSECONDS     handle: 32 hex digits
 *   pod DOMID ENTRIES CACHE                                                     pages
 *   node BYTES FREE                                                             a NUMA node
 *   affinity DOMID NODES                                                        a bit each
 *   pool DOMID BYTES                                                            for page tables
 *   refuse ERRNO                                                                every hypercall fails
 *   ending DOMID          still in a list of domains, gone by the time one asks for it alone
 *   fixed ERRNO           no limit of a domain can be set
 *
 * A new limit of a domain is kept in FAKE_XEN_TABLE.limits, a line each: DOMID HANDLE PAGES. It stands
 * above the table's.
 *
 * As LD_PRELOAD it also turns /proc/xen/…, /sys/hypervisor/…, /var/lib/xen/… and /opt/xensource/… to
 * FAKE_XEN_ROOT/proc/xen/… and so on, for the files that memtop and libxl open or start.
 */
#define _GNU_SOURCE
#define __XEN_TOOLS__ 1
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xenctrl.h>
#include <xen/domctl.h>
#include <xen/memory.h>
#include <xen/sysctl.h>

enum { MOST_DOMAINS = 4096, MOST_NODES = 8, PAGE = 4096 };

static struct {
  struct stat file, limits;
  int refusal, fixed;
  int ending; /* domid, or -1 */
  uint64_t total, free, claimed;
  unsigned count;
  xc_domaininfo_t domains[MOST_DOMAINS];
  struct xen_pod_target pod[MOST_DOMAINS]; /* of the domain at the same place */
  /* In the order of domains; 0 is refused. */
  uint64_t pools[MOST_DOMAINS], affinities[MOST_DOMAINS];
  unsigned nodes;
  xen_sysctl_meminfo_t node[MOST_NODES];
} table;
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;

static void parse_handle(const char *digits, uint8_t *handle)
{
  for (int i = 0; i < 16; i++)
    sscanf(digits + 2 * i, "%2hhx", &handle[i]);
}

static struct xen_pod_target *pod_of(unsigned domid)
{
  for (unsigned i = 0; i < table.count; i++)
    if (table.domains[i].domain == domid)
      return &table.pod[i];
  return NULL;
}

static void parse_pod(unsigned domid, uint64_t entries, uint64_t cache)
{
  struct xen_pod_target *pod = pod_of(domid);
  if (!pod)
    return;
  pod->pod_entries = entries;
  pod->pod_cache_pages = cache;
}

static int parse_figure(const char *line, const char *format, uint64_t *figures)
{
  unsigned domid;
  uint64_t figure;
  if (sscanf(line, format, &domid, &figure) != 2)
    return 0;
  for (unsigned i = 0; i < table.count; i++)
    if (table.domains[i].domain == domid)
      figures[i] = figure;
  return 1;
}

/* What is no domain. */
static void parse_other(const char *line)
{
  uint64_t size, free, entries, cache;
  unsigned domid;
  if (sscanf(line, "pod %u %" SCNu64 " %" SCNu64, &domid, &entries, &cache) == 3) {
    parse_pod(domid, entries, cache);
    return;
  }
  if (sscanf(line, "refuse %d", &table.refusal) == 1
      || sscanf(line, "ending %d", &table.ending) == 1
      || sscanf(line, "fixed %d", &table.fixed) == 1)
    return;
  if (sscanf(line, "host %" SCNu64 " %" SCNu64 " %" SCNu64, &table.total, &table.free,
             &table.claimed) == 3)
    return;
  if (parse_figure(line, "pool %u %" SCNu64, table.pools)
      || parse_figure(line, "affinity %u %" SCNu64, table.affinities))
    return;
  if (table.nodes < MOST_NODES
      && sscanf(line, "node %" SCNu64 " %" SCNu64, &size, &free) == 2)
    table.node[table.nodes++] = (xen_sysctl_meminfo_t){.memsize = size, .memfree = free};
}

static void parse_line(const char *line)
{
  xc_domaininfo_t domain = {0};
  char handle[33];
  uint64_t allocated, limit, claimed, time;
  unsigned domid;
  if (strncmp(line, "domain ", 7)) {
    parse_other(line);
    return;
  }
  if (table.count == MOST_DOMAINS
      || sscanf(line, "domain %u %32s %u %u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &domid,
                handle, &domain.flags, &domain.arch_config.emulation_flags, &allocated, &limit,
                &claimed, &time) != 8)
    return;
  domain.domain = domid;
  parse_handle(handle, domain.handle);
  domain.tot_pages = allocated;
  domain.max_pages = limit;
  domain.outstanding_pages = claimed;
  domain.cpu_time = time;
  table.pod[table.count] = (struct xen_pod_target){.tot_pages = allocated, .domid = domid};
  table.pools[table.count] = table.affinities[table.count] = 0;
  table.domains[table.count++] = domain;
}

static int same_file(const struct stat *a, const struct stat *b)
{
  return a->st_ino == b->st_ino && a->st_size == b->st_size
         && a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void refresh_table(void)
{
  const char *path = getenv("FAKE_XEN_TABLE");
  struct stat now;
  if (!path || stat(path, &now) || same_file(&now, &table.file))
    return;
  FILE *file = fopen(path, "re");
  if (!file)
    return;
  table.count = table.nodes = 0;
  table.refusal = table.fixed = 0;
  table.limits = (struct stat){0};
  table.ending = -1;
  fstat(fileno(file), &table.file);
  char line[256];
  while (fgets(line, sizeof line, file))
    parse_line(line);
  fclose(file);
}

static xc_domaininfo_t *find(unsigned domid)
{
  for (unsigned i = 0; i < table.count; i++)
    if (table.domains[i].domain == domid)
      return &table.domains[i];
  return NULL;
}

static int limits_path(char *path, size_t size)
{
  const char *name = getenv("FAKE_XEN_TABLE");
  return name && snprintf(path, size, "%s.limits", name) < (int)size;
}

static void refresh_limits(void)
{
  char path[PAGE], digits[33];
  struct stat now;
  if (!limits_path(path, sizeof path) || stat(path, &now) || same_file(&now, &table.limits))
    return;
  FILE *file = fopen(path, "re");
  unsigned domid;
  uint64_t pages;
  while (file && fscanf(file, "%u %32s %" SCNu64, &domid, digits, &pages) == 3) {
    uint8_t handle[16];
    parse_handle(digits, handle);
    xc_domaininfo_t *domain = find(domid);
    if (domain && !memcmp(domain->handle, handle, sizeof handle))
      domain->max_pages = pages;
  }
  if (file)
    fclose(file);
  table.limits = now;
}

static int set_limit(const xc_domaininfo_t *domain, uint64_t pages)
{
  char path[PAGE];
  FILE *file = limits_path(path, sizeof path) ? fopen(path, "ae") : NULL;
  errno = table.fixed;
  if (!file || table.fixed)
    return -1;
  fprintf(file, "%u ", domain->domain);
  for (int i = 0; i < 16; i++)
    fprintf(file, "%02x", domain->handle[i]);
  fprintf(file, " %" PRIu64 "\n", pages);
  return fclose(file);
}

static void physinfo(struct xen_sysctl_physinfo *info)
{
  memset(info, 0, sizeof *info);
  info->nr_cpus = 2;
  info->total_pages = table.total;
  info->free_pages = table.free;
  info->outstanding_pages = table.claimed;
}

static void numainfo(struct xen_sysctl_numainfo *info)
{
  if (info->meminfo.p)
    for (unsigned i = 0; i < table.nodes && i < info->num_nodes; i++)
      info->meminfo.p[i] = table.node[i];
  info->num_nodes = table.nodes;
}

static int is_listed(const xc_domaininfo_t *domain, const struct xen_sysctl_getdomaininfolist *list)
{
  return domain->domain >= list->first_domain
         && !(list->max_domains == 1 && domain->domain == table.ending);
}

static void getdomaininfolist(struct xen_sysctl_getdomaininfolist *list)
{
  xc_domaininfo_t *out = list->buffer.p;
  list->num_domains = 0;
  for (unsigned i = 0; i < table.count && list->num_domains < list->max_domains; i++)
    if (is_listed(&table.domains[i], list))
      out[list->num_domains++] = table.domains[i];
}

static int sysctl(struct xen_sysctl *call)
{
  if (call->interface_version != XEN_SYSCTL_INTERFACE_VERSION) {
    errno = EACCES;
    return -1;
  }
  switch (call->cmd) {
  case XEN_SYSCTL_physinfo:
    physinfo(&call->u.physinfo);
    return 0;
  case XEN_SYSCTL_numainfo:
    numainfo(&call->u.numainfo);
    return 0;
  case XEN_SYSCTL_getdomaininfolist:
    getdomaininfolist(&call->u.getdomaininfolist);
    return 0;
  default:
    errno = ENOSYS;
    return -1;
  }
}

static int domctl(struct xen_domctl *call)
{
  if (call->interface_version != XEN_DOMCTL_INTERFACE_VERSION) {
    errno = EACCES;
    return -1;
  }
  for (unsigned i = 0; i < table.count; i++) {
    if (table.domains[i].domain != call->domain)
      continue;
    if (call->cmd == XEN_DOMCTL_max_mem)
      return set_limit(&table.domains[i], call->u.max_mem.max_memkb >> 2);
    if (call->cmd == XEN_DOMCTL_get_paging_mempool_size && table.pools[i]) {
      call->u.paging_mempool.size = table.pools[i];
      return 0;
    }
    if (call->cmd == XEN_DOMCTL_getnodeaffinity && table.affinities[i]) {
      *(uint8_t *)call->u.nodeaffinity.nodemap.bitmap.p = (uint8_t)table.affinities[i];
      return 0;
    }
    errno = EOPNOTSUPP;
    return -1;
  }
  errno = ESRCH;
  return -1;
}

static int answer(unsigned op, void *call)
{
  errno = table.refusal;
  if (table.refusal)
    return -1;
  return op == __HYPERVISOR_sysctl ? sysctl(call) : domctl(call);
}

int xencall1(void *handle, unsigned op, uint64_t argument)
{
  (void)handle;
  if (op != __HYPERVISOR_sysctl && op != __HYPERVISOR_domctl) {
    errno = ENOSYS;
    return -1;
  }
  pthread_mutex_lock(&table_lock);
  refresh_table();
  refresh_limits();
  int result = answer(op, (void *)(uintptr_t)argument);
  int error = errno;
  pthread_mutex_unlock(&table_lock);
  errno = error;
  return result;
}

/* mm.c, XENMEM_get_pod_target: only of guests with hardware assistance. */
static int get_pod_target(struct xen_pod_target *target)
{
  struct xen_pod_target *pod = pod_of(target->domid);
  if (!pod) {
    errno = ESRCH;
    return -1;
  }
  if (!(table.domains[pod - table.pod].flags & XEN_DOMINF_hvm_guest)) {
    errno = EINVAL;
    return -1;
  }
  *target = *pod;
  return 0;
}

/* libxenctrl makes memory calls as a multicall of one, since some return more than an int. */
int xencall2(void *handle, unsigned op, uint64_t entries, uint64_t count)
{
  (void)handle;
  multicall_entry_t *call = (void *)(uintptr_t)entries;
  if (op != __HYPERVISOR_multicall || count != 1 || call->op != __HYPERVISOR_memory_op
      || call->args[0] != XENMEM_get_pod_target) {
    errno = ENOSYS;
    return -1;
  }
  pthread_mutex_lock(&table_lock);
  refresh_table();
  call->result = get_pod_target((void *)(uintptr_t)call->args[1]) ? -errno : 0;
  pthread_mutex_unlock(&table_lock);
  return 0;
}

/* The libraries' handles and buffers. */

static int some_handle;
void *xencall_open(void *logger, unsigned flags) { return (void)logger, (void)flags, &some_handle; }
int xencall_close(void *handle) { return (void)handle, 0; }
int xencall_fd(void *handle) { return (void)handle, -1; }
int xencall_buffers_never_fault(void *handle) { return (void)handle, 1; }

void *xencall_alloc_buffer_pages(void *handle, size_t pages)
{
  (void)handle;
  return aligned_alloc(PAGE, (pages ? pages : 1) * PAGE);
}
void xencall_free_buffer_pages(void *handle, void *buffer, size_t pages)
{
  (void)handle, (void)pages;
  free(buffer);
}
void *xencall_alloc_buffer(void *handle, size_t size)
{
  return xencall_alloc_buffer_pages(handle, (size + PAGE - 1) / PAGE);
}
void xencall_free_buffer(void *handle, void *buffer) { (void)handle, free(buffer); }

void *xenforeignmemory_open(void *logger, unsigned flags)
{
  return (void)logger, (void)flags, &some_handle;
}
int xenforeignmemory_close(void *handle) { return (void)handle, 0; }
void *xendevicemodel_open(void *logger, unsigned flags)
{
  return (void)logger, (void)flags, &some_handle;
}
int xendevicemodel_close(void *handle) { return (void)handle, 0; }

/* The files by which a dom0 is told, and those of libxl's: its notes of each domain and its locks. */

static const char *const turned_folders[] = {"/proc/xen/", "/sys/hypervisor/", "/var/lib/xen/",
                                             "/opt/xensource/", "/usr/bin/xe",    "/run/memtop"};

static const char *turned(const char *path, char *buffer, size_t size)
{
  const char *root = getenv("FAKE_XEN_ROOT");
  for (unsigned i = 0; root && i < sizeof turned_folders / sizeof *turned_folders; i++)
    if (!strncmp(path, turned_folders[i], strlen(turned_folders[i]))) {
      snprintf(buffer, size, "%s%s", root, path);
      return buffer;
    }
  return path;
}

#define REAL(name) \
  static __typeof__(name) *real; \
  if (!real) \
    real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name); \
  char buffer[PAGE]

int open(const char *path, int flags, ...)
{
  REAL(open);
  va_list arguments;
  va_start(arguments, flags);
  int mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(arguments, int) : 0;
  va_end(arguments);
  return real(turned(path, buffer, sizeof buffer), flags, mode);
}

int open64(const char *path, int flags, ...)
{
  va_list arguments;
  va_start(arguments, flags);
  int mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(arguments, int) : 0;
  va_end(arguments);
  return open(path, flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
  REAL(fopen);
  return real(turned(path, buffer, sizeof buffer), mode);
}

int stat(const char *path, struct stat *status)
{
  REAL(stat);
  return real(turned(path, buffer, sizeof buffer), status);
}

int lstat(const char *path, struct stat *status)
{
  REAL(lstat);
  return real(turned(path, buffer, sizeof buffer), status);
}

int mkdir(const char *path, mode_t mode)
{
  REAL(mkdir);
  return real(turned(path, buffer, sizeof buffer), mode);
}

int access(const char *path, int mode)
{
  REAL(access);
  return real(turned(path, buffer, sizeof buffer), mode);
}

int execve(const char *path, char *const arguments[], char *const settings[])
{
  REAL(execve);
  return real(turned(path, buffer, sizeof buffer), arguments, settings);
}

int unlink(const char *path)
{
  REAL(unlink);
  return real(turned(path, buffer, sizeof buffer));
}
