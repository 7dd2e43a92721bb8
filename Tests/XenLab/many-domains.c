/* many-domains: real domains in numbers that guests with a kernel would never fit in. Each has a
 * few pages of memory, no kernel and no running processor, and the xenstore keys of a guest under
 * XAPI with its reports. libxl did not build them, so it changes no targets of theirs.
 *
 *   many-domains COUNT            creates that many
 *   many-domains --churn COUNT    changes the reports of that many each second, until it is ended
 *   many-domains --destroy        destroys all that it created, in this or an earlier run
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xenctrl.h>
#include <xenstore.h>

enum {
  page_kib = 4,
  smallest_pages = 64,
  page_step = 8,
  page_steps = 8,
  largest_pages = smallest_pages + page_step * page_steps,
  most_domains = 32752, /* DOMID_FIRST_RESERVED and above are Xen's own */
  owner_bytes = 12,
  /* Of the reports that change: a little longer than the second of a program that looks at them, so that
   * they change at each moment of its second in turn. What it spends depends on that. */
  round_ms = 1050,
};

/* The first bytes of these domains' uuids, by which they are found again; their number follows. */
static const uint8_t owner[owner_bytes] = "memtop-lab-";

static xc_interface *xen;
static struct xs_handle *xenstore;

static void fail(const char *what, const char *on) {
  fprintf(stderr, "many-domains: %s %s: %s\n", what, on, strerror(errno));
  exit(1);
}

/* Writes one of a domain's keys, each by itself, as guests do. */
__attribute__((format(printf, 3, 4)))
static void put(uint32_t domid, const char *key, const char *format, ...) {
  char path[64], value[64];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(value, sizeof value, format, arguments);
  va_end(arguments);
  snprintf(path, sizeof path, "/local/domain/%u/%s", domid, key);
  if (!xs_write(xenstore, XBT_NULL, path, value, strlen(value))) fail("write", path);
}

static unsigned pages_of(unsigned number) {
  return smallest_pages + number % page_steps * page_step;
}

static void name_domain(uint32_t domid, unsigned number) {
  unsigned total = pages_of(number) * page_kib;
  put(domid, "name", "bare%04u", number);
  put(domid, "domid", "%u", domid);
  put(domid, "memory/static-max", "%u", largest_pages * page_kib);
  put(domid, "memory/target", "%u", total);
  put(domid, "data/meminfo_total", "%u", total);
  put(domid, "data/meminfo_free", "%u", total / 2 + number % (total / 4));
  put(domid, "data/os_name", "bare");
  put(domid, "data/updated", "1");
}

static void populate(uint32_t domid, unsigned number) {
  xen_pfn_t frames[largest_pages];
  unsigned pages = pages_of(number);
  for (unsigned i = 0; i < pages; i++) frames[i] = i;
  if (xc_domain_setmaxmem(xen, domid, largest_pages * page_kib)) fail("setmaxmem", "a domain");
  if (xc_domain_populate_physmap_exact(xen, domid, pages, 0, 0, frames)) {
    fail("populate", "a domain");
  }
}

static void create_domain(unsigned number) {
  uint32_t domid = 0;
  struct xen_domctl_createdomain configuration = {
      .max_vcpus = 1,
      .max_evtchn_port = 64,
      .max_grant_frames = 1,
      .max_maptrack_frames = 1,
      .grant_opts = XEN_DOMCTL_GRANT_version(1),
  };
  memcpy(configuration.handle, owner, owner_bytes);
  configuration.handle[owner_bytes + 2] = number >> 8;
  configuration.handle[owner_bytes + 3] = number & 0xff;
  if (xc_domain_create(xen, &domid, &configuration)) fail("create", "a domain");
  populate(domid, number);
  name_domain(domid, number);
  /* Xen creates domains paused; without a processor, going on runs nothing. */
  if (xc_domain_unpause(xen, domid)) fail("unpause", "a domain");
}

static bool is_ours(const xc_domaininfo_t *domain) {
  return !memcmp(domain->handle, owner, owner_bytes) && !(domain->flags & XEN_DOMINF_dying);
}

/* Our domains' infos, in a buffer for the caller to free; returns their number. */
static unsigned find_ours(xc_domaininfo_t **ours) {
  xc_domaininfo_t *all = calloc(most_domains, sizeof *all);
  if (!all) fail("allocate", "the list");
  int count = xc_domain_getinfolist(xen, 0, most_domains, all);
  if (count < 0) fail("list", "the domains");
  unsigned kept = 0;
  for (int i = 0; i < count; i++) {
    if (is_ours(&all[i])) all[kept++] = all[i];
  }
  *ours = all;
  return kept;
}

static void create_domains(unsigned count) {
  xc_domaininfo_t *ours;
  unsigned first = find_ours(&ours);
  free(ours);
  for (unsigned i = 0; i < count; i++) create_domain(first + i);
  printf("created %u domains\n", count);
}

static void destroy_domains(unsigned unused) {
  (void)unused;
  xc_domaininfo_t *ours;
  unsigned count = find_ours(&ours);
  for (unsigned i = 0; i < count; i++) {
    char path[64];
    snprintf(path, sizeof path, "/local/domain/%u", ours[i].domain);
    if (xc_domain_destroy(xen, ours[i].domain)) fail("destroy", path);
    xs_rm(xenstore, XBT_NULL, path);
  }
  free(ours);
  printf("destroyed %u domains\n", count);
}

/* A new report: another figure and, as XAPI's guest agents do, another mark that it is new. */
static void report(uint32_t domid, unsigned round) {
  put(domid, "data/meminfo_free", "%u", smallest_pages * page_kib / 4 + round % 97);
  put(domid, "data/updated", "%u", round);
}

static void await_next_round(struct timespec *round) {
  round->tv_nsec += round_ms * 1000000L;
  round->tv_sec += round->tv_nsec / 1000000000;
  round->tv_nsec %= 1000000000;
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, round, NULL) == EINTR) continue;
}

static void churn_reports(unsigned count) {
  xc_domaininfo_t *ours;
  unsigned all = find_ours(&ours), next = 0;
  if (count > all) count = all;
  printf("changing %u of %u reports each second\n", count, all);
  fflush(stdout);
  unsigned a_round = count * round_ms / 1000;
  struct timespec start;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (unsigned round = 2; all > 0; round++) {
    for (unsigned i = 0; i < a_round; i++) report(ours[next++ % all].domain, round);
    await_next_round(&start);
  }
  free(ours);
}

static unsigned count_from(const char *text) {
  char *end;
  unsigned long count = strtoul(text, &end, 10);
  if (*end || end == text || count == 0 || count > most_domains) {
    fprintf(stderr, "many-domains: not a number of domains: %s\n", text);
    exit(2);
  }
  return count;
}

static void run(void (*action)(unsigned), unsigned count) {
  xen = xc_interface_open(NULL, NULL, 0);
  if (!xen) fail("open", "Xen");
  xenstore = xs_open(0);
  if (!xenstore) fail("open", "xenstore");
  action(count);
  xs_close(xenstore);
  xc_interface_close(xen);
}

int main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "--destroy")) {
    run(destroy_domains, 0);
  } else if (argc == 3 && !strcmp(argv[1], "--churn")) {
    run(churn_reports, count_from(argv[2]));
  } else if (argc == 2) {
    run(create_domains, count_from(argv[1]));
  } else {
    fprintf(stderr, "usage: many-domains COUNT | --churn COUNT | --destroy\n");
    return 2;
  }
  return 0;
}
