/* floor: the least CPU that a program can spend which samples this host once a second.
 *
 *   floor TICKS    makes the two hypercalls of a sample each second; drains one watch on the domains'
 *                  keys, and reads each key below a data folder that was written once, all at once
 *
 * Prints one line of name=value pairs: domains, and a tick's CPU (cpu_us), watch events and reads in
 * thousandths. The first tick does not count. XENSTORED_PATH is the socket, as for libxenstore.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <xenctrl.h>

#include <xen/io/xs_wire.h>

enum {
  most_domains = 4096,
  slots = 1 << 16, /* of the table of written keys; a power of two */
  gather_ms = 100, /* how long events are let gather once one has come */
  input_bytes = 1 << 20,
  output_bytes = 1 << 16,
  batch_bytes = 3000, /* of requests that are sent before answers are taken */
};

static int store;
static char input[input_bytes], output[output_bytes];
static size_t held, taken, queued;
static char *written[slots];
static unsigned long events, reads;
static unsigned pending;

static void fail(const char *what) {
  fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void open_store(void) {
  const char *path = getenv("XENSTORED_PATH");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path ? path : "/run/xenstored/socket");
  store = socket(AF_UNIX, SOCK_STREAM, 0);
  if (store < 0 || connect(store, (struct sockaddr *)&address, sizeof address))
    fail(address.sun_path);
}

static void ask(uint32_t type, const char *body, size_t size) {
  struct xsd_sockmsg head = {.type = type, .len = size};
  memcpy(output + queued, &head, sizeof head);
  memcpy(output + queued + sizeof head, body, size);
  queued += sizeof head + size;
}

static void send_requests(void) {
  for (size_t sent = 0; sent < queued;) {
    ssize_t more = send(store, output + sent, queued - sent, 0);
    if (more < 0) fail("send");
    sent += more;
  }
  queued = 0;
}

static void note_written(const char *path) {
  unsigned place = 5381;
  for (const char *byte = path; *byte; byte++)
    place = place * 33 + (unsigned char)*byte;
  for (place %= slots; written[place]; place = (place + 1) % slots)
    if (!strcmp(written[place], path)) return;
  written[place] = strdup(path);
}

/* Takes what has come; where `waits`, something is waited for. */
static void take_messages(bool waits) {
  memmove(input, input + taken, held - taken);
  held -= taken;
  taken = 0;
  ssize_t got = recv(store, input + held, sizeof input - held, waits ? 0 : MSG_DONTWAIT);
  if (got > 0) held += got;
  struct xsd_sockmsg head;
  while (held - taken >= sizeof head) {
    memcpy(&head, input + taken, sizeof head);
    if (held - taken < sizeof head + head.len) return;
    const char *body = input + taken + sizeof head;
    taken += sizeof head + head.len;
    if (head.type == XS_WATCH_EVENT) {
      events++;
      note_written(body);
    } else if (head.type != XS_WATCH) {
      pending--;
    }
  }
}

static void finish_reads(void) {
  send_requests();
  while (pending > 0)
    take_messages(true);
}

static void read_written(void) {
  for (unsigned place = 0; place < slots; place++) {
    if (!written[place]) continue;
    if (strstr(written[place], "/data/")) {
      ask(XS_READ, written[place], strlen(written[place]) + 1);
      pending++;
      reads++;
    }
    free(written[place]);
    written[place] = NULL;
    if (queued > batch_bytes) finish_reads();
  }
  finish_reads();
}

/* Sleeps until then, and drains the watch meanwhile. */
static void wait_until(const struct timespec *then) {
  while (true) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long left = (then->tv_sec - now.tv_sec) * 1000 + (then->tv_nsec - now.tv_nsec) / 1000000;
    if (left <= 0) return;
    struct pollfd watched = {store, POLLIN, 0};
    if (poll(&watched, 1, left) <= 0) continue;
    take_messages(false);
    /* Else each event of a burst just before the tick would wake it. */
    usleep((left > gather_ms ? gather_ms : left) * 1000);
  }
}

static long long cpu_us(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000LL + used.ru_utime.tv_usec
         + used.ru_stime.tv_usec;
}

int main(int count, char **arguments) {
  long ticks = count == 2 ? atol(arguments[1]) : 0;
  if (ticks < 1) {
    fprintf(stderr, "usage: floor TICKS\n");
    return 2;
  }
  xc_interface *xen = xc_interface_open(NULL, NULL, 0);
  if (!xen) fail("xc_interface_open");
  static xc_domaininfo_t domains[most_domains];
  int found = 0;
  open_store();
  static const char watch[] = "/local/domain\0floor";
  ask(XS_WATCH, watch, sizeof watch);
  send_requests();
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  long long before = 0;
  for (long tick = 0; tick <= ticks; tick++) {
    if (tick == 1) {
      before = cpu_us();
      events = reads = 0;
    }
    next.tv_sec++;
    wait_until(&next);
    xc_physinfo_t host = {0};
    found = xc_domain_getinfolist(xen, 0, most_domains, domains);
    if (found < 0 || xc_physinfo(xen, &host)) fail("hypercall");
    read_written();
  }
  printf("domains=%d cpu_us=%lld events=%lu reads=%lu\n", found, (cpu_us() - before) / ticks,
         events * 1000 / ticks, reads * 1000 / ticks);
  return 0;
}
