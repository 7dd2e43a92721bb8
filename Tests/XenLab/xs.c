/* xs: the xenstore client that the lab's own scripts use. It is linked statically, because under
 * emulation starting a program with Debian's tools' libraries takes four times as long.
 *
 *   xs read PATH…            prints each value on a line
 *   xs write PATH VALUE…     any number of pairs, in one transaction
 *   xs remove PATH…
 *   xs exists PATH
 *   xs domid NAME
 *   xs await SECONDS DOMAIN PATH…  until each PATH below DOMAIN exists; 1 where DOMAIN is gone, 3
 *                            after SECONDS
 *   xs watch [COUNT] PATH    prints the path of each event; without COUNT for ever
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xenstore.h>

static struct xs_handle *xenstore;

static bool failed(const char *path) {
  fprintf(stderr, "xs: %s: %s\n", path, strerror(errno));
  return false;
}

static bool read_values(char **paths) {
  for (; *paths; paths++) {
    char *value = xs_read(xenstore, XBT_NULL, *paths, NULL);
    if (!value) return failed(*paths);
    puts(value);
    free(value);
  }
  return true;
}

static bool write_pairs(xs_transaction_t transaction, char **pairs) {
  for (; pairs[0] && pairs[1]; pairs += 2) {
    if (!xs_write(xenstore, transaction, pairs[0], pairs[1], strlen(pairs[1]))) {
      return failed(pairs[0]);
    }
  }
  return true;
}

static bool write_values(char **pairs) {
  if (!pairs[1] || !pairs[2]) return write_pairs(XBT_NULL, pairs);
  for (;;) {
    xs_transaction_t transaction = xs_transaction_start(xenstore);
    if (transaction == XBT_NULL) return failed("transaction");
    bool written = write_pairs(transaction, pairs);
    if (xs_transaction_end(xenstore, transaction, !written)) return written;
    if (errno != EAGAIN) return failed("transaction");
  }
}

static bool remove_paths(char **paths) {
  bool removed = true;
  for (; *paths; paths++) {
    if (!xs_rm(xenstore, XBT_NULL, *paths)) removed = failed(*paths);
  }
  return removed;
}

static bool is_there(const char *path) {
  char *value = xs_read(xenstore, XBT_NULL, path, NULL);
  free(value);
  return value != NULL;
}

static bool exists(char **paths) { return is_there(*paths); }

static bool are_all_there(char **paths) {
  while (*paths && is_there(*paths)) paths++;
  return !*paths;
}

/* Looks once a second: a process for each look would take the emulated processor from the guest. */
static bool await(char **arguments) {
  if (!arguments[1]) return false;
  char **paths = arguments + 1;
  for (int left = atoi(arguments[0]); !are_all_there(paths); left--) {
    if (!is_there(paths[0])) return false;
    if (left <= 0) exit(3);
    sleep(1);
  }
  return true;
}

static bool has_name(const char *domain, const char *name) {
  char path[64];
  snprintf(path, sizeof path, "/local/domain/%s/name", domain);
  char *value = xs_read(xenstore, XBT_NULL, path, NULL);
  bool has = value && !strcmp(value, name);
  free(value);
  return has;
}

static bool print_domid(char **names) {
  unsigned int count = 0;
  bool found = false;
  char **domains = xs_directory(xenstore, XBT_NULL, "/local/domain", &count);
  for (unsigned int i = 0; i < count && !found; i++) {
    found = has_name(domains[i], names[0]);
    if (found) puts(domains[i]);
  }
  free(domains);
  return found;
}

static bool watch(char **arguments) {
  bool counts = arguments[1] != NULL;
  char *path = arguments[counts ? 1 : 0];
  if (!xs_watch(xenstore, path, "xs")) return failed(path);
  for (int left = counts ? atoi(arguments[0]) : 1; left > 0; left -= counts ? 1 : 0) {
    unsigned int count;
    char **event = xs_read_watch(xenstore, &count);
    if (!event) return failed(path);
    puts(event[XS_WATCH_PATH]);
    fflush(stdout);
    free(event);
  }
  return true;
}

static const struct {
  const char *name;
  bool (*run)(char **arguments);
} commands[] = {
    {"read", read_values},  {"write", write_values}, {"remove", remove_paths},
    {"exists", exists},     {"domid", print_domid},   {"await", await},
    {"watch", watch},
};

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: xs read|write|remove|exists|watch PATH…\n");
    return 2;
  }
  xenstore = xs_open(0);
  if (!xenstore) return failed("xenstore"), 1;
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    if (!strcmp(argv[1], commands[i].name)) return commands[i].run(argv + 2) ? 0 : 1;
  }
  fprintf(stderr, "xs: no command %s\n", argv[1]);
  return 2;
}
