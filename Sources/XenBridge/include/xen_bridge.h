#ifndef MEMTOP_XEN_BRIDGE_H
#define MEMTOP_XEN_BRIDGE_H

/*
 * libxenctrl, libxenstore and libxenlight, opened at run time for the Xen release that runs.
 *
 * No policy lives here. Every function that can fail says so with an errno value that was taken on
 * the line after the call; none of them prints.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- libraries.c ---- */

typedef enum { MT_LIBXENCTRL, MT_LIBXENSTORE, MT_LIBXENLIGHT } mt_library;

/* The file name of a library for Xen MAJOR.MINOR, for example "libxenctrl.so.4.17". */
void mt_library_file(mt_library library, int major, int minor, char *name, size_t size);

/*
 * Opens a library and finds all that is used of it, once; true at once when it is open already.
 * On failure `message` holds the loader's own words.
 */
bool mt_library_open(mt_library library, int major, int minor, char *message, size_t size);

/* ---- hypercalls.c: MT_LIBXENCTRL must be open ---- */

typedef struct mt_hypervisor mt_hypervisor;

/* The flags of mt_domain, as Xen's XEN_DOMINF_* have them. */
enum {
  MT_DOMAIN_DYING = 1 << 0,
  MT_DOMAIN_HVM = 1 << 1,
  MT_DOMAIN_SHUTDOWN = 1 << 2,
  MT_DOMAIN_PAUSED = 1 << 3,
};

/* Devices that Xen emulates for every hardware-assisted guest, PVH (dom0 too) included. */
enum { MT_EMULATES_PVH = (1 << 0) | (1 << 4) | (1 << 10) };

/* Nothing in it changes by itself while a domain runs. `limit_pages` is UINT32_MAX for a domain without a limit. */
typedef struct {
  uint16_t domid;
  uint8_t shutdown_reason;
  uint32_t flags;
  uint32_t emulation;
  uint64_t uuid_high, uuid_low;
  uint64_t allocated_pages, limit_pages, claimed_pages;
} mt_domain;

typedef struct {
  uint64_t total_pages, free_pages, claimed_pages;
  bool has_hap, shares_page_tables; /* XEN_SYSCTL_PHYSCAP_* */
} mt_host;

/* NULL where it cannot be opened; `error` is 0 where libxenctrl's structures are not the known ones. */
mt_hypervisor *mt_hypervisor_open(int *error);
void mt_hypervisor_close(mt_hypervisor *hypervisor);

/*
 * How many bytes from its front a call fills of a space of 4096, whatever it fills them with: made twice,
 * over different bytes. 0 where it fails.
 */
size_t mt_filled(bool (*call)(void *space, void *context), void *context);

/*
 * Fills `domains` with up to `capacity` domains from domid `first` on, ascending; returns how many,
 * or -1. One hypercall: go on with the last domid + 1 while it fills the array.
 */
int mt_hypervisor_domains(
    mt_hypervisor *hypervisor, uint32_t first, mt_domain *domains, unsigned capacity, int *error);

bool mt_hypervisor_host(mt_hypervisor *hypervisor, mt_host *host, int *error);

/* Pages left to populate on demand in a hardware-assisted guest, and pages set aside for them. */
bool mt_hypervisor_pod(
    mt_hypervisor *hypervisor, uint32_t domid, uint64_t *entries, uint64_t *cache, int *error);

/*
 * What Xen holds for a hardware-assisted guest's page tables (HAP or shadow), beside its pages; Xen
 * refuses to tell for a PV guest (xen/arch/x86/mm/paging.c, arch_get_paging_mempool_size).
 */
bool mt_hypervisor_paging_pool(
    mt_hypervisor *hypervisor, uint32_t domid, uint64_t *bytes, int *error);

/* A NUMA node, in bytes; `size` is 0 where there is none of that number. */
typedef struct {
  uint64_t size, free;
} mt_node;

/* As many nodes as a domain's affinity can name: Xen's MAX_NUMNODES on x86. */
enum { MT_MOST_NODES = 64 };

/* Fills `nodes` by number; returns how many there are, or -1. One hypercall. */
int mt_hypervisor_nodes(mt_hypervisor *hypervisor, mt_node nodes[MT_MOST_NODES], int *error);

/* The nodes that Xen prefers for a domain's memory, a bit each. */
bool mt_hypervisor_node_affinity(
    mt_hypervisor *hypervisor, uint32_t domid, uint64_t *nodes, int *error);

/* Sets max_pages: the most that Xen lets a domain hold. */
bool mt_hypervisor_set_limit(
    mt_hypervisor *hypervisor, uint32_t domid, uint64_t kib, int *error);

/* What libxenctrl last had to say for itself; valid until the next call. */
const char *mt_hypervisor_message(const mt_hypervisor *hypervisor);

/* ---- store.c: MT_LIBXENSTORE must be open ---- */

typedef struct mt_store mt_store;

/*
 * Connects to xenstored. `socket_only` keeps libxenstore from falling back to the kernel's device,
 * on which a call blocks for as long as xenstored is dead.
 */
mt_store *mt_store_open(bool socket_only, int *error);

/* Is there a socket of xenstored's at all? Without one it runs in a domain of its own. */
bool mt_store_has_socket(void);

/* Where xenstored's socket is looked for. */
const char *mt_store_socket(void);

void mt_store_close(mt_store *store);

/* Requests that may wait for their answers at once: far from filling the socket's buffer. */
enum { MT_STORE_WINDOW = 32 };

/* Can it list folders? Not over the kernel's device. */
bool mt_store_can_list(const mt_store *store);

/*
 * Asks for a node's value, or for a list of what is below it; nothing is waited for, and nothing need
 * be sent before an answer is wanted. Returns the request's number, from 0 to MT_STORE_WINDOW - 1; -1
 * with EAGAIN where an answer must be taken first, else with what is wrong with the path.
 */
int mt_store_ask(mt_store *store, bool list, const char *path, int *error);

/*
 * The answer to one of the unanswered requests, whose number is free again: the node's bytes, or the
 * names below it, a zero behind each, valid until the next call; or NULL with ENOENT where there is
 * none, with E2BIG where the list does not fit into an answer. Blocks for as long as xenstored does.
 * With -1 for the number, the connection is lost.
 */
const void *mt_store_answer(mt_store *store, int *request, unsigned *length, int *error);

/* Is an answer here, so that taking it does not block? */
bool mt_store_is_answered(const mt_store *store);

bool mt_store_write(
    mt_store *store, const char *path, const void *bytes, unsigned length, int *error);
bool mt_store_remove(mt_store *store, const char *path, int *error);

/*
 * Writes a node that no guest can read or write, in a transaction that first reads `directory`:
 * ENOENT where that is gone, so that the write cannot make it anew.
 */
bool mt_store_write_private(
    mt_store *store, const char *directory, const char *path, const void *bytes, unsigned length,
    int *error);

/* ---- store_watch.c: MT_LIBXENSTORE must be open ---- */

typedef struct mt_watch mt_watch;

/* A connection for watches alone; `socket_only` as for mt_store_open. */
mt_watch *mt_watch_open(bool socket_only, int *error);
void mt_watch_close(mt_watch *watch);

/* Asks for a watch. */
bool mt_watch_add(mt_watch *watch, const char *path, int *error);

/* Becomes readable when events wait, and on a socket also when xenstored is gone. */
int mt_watch_fd(mt_watch *watch);

/*
 * The path of the next event, valid until the next call. NULL with EAGAIN when none waits, with
 * anything else when the connection is lost.
 */
const char *mt_watch_next(mt_watch *watch, int *error);

/*
 * The same, but waits for an event until xenstored has confirmed each watch that was asked for, and
 * says EAGAIN then: from there on no change goes unnoticed.
 */
const char *mt_watch_confirm(mt_watch *watch, int *error);

/* ---- target.c: MT_LIBXENLIGHT must be open ---- */

typedef struct mt_light mt_light;

/* libxl ready to work, or NULL with libxl's error (below 0) and its words in `message`. */
mt_light *mt_light_open(int *error, char *message, size_t size);
void mt_light_close(mt_light *light);

/*
 * Sets a domain's target as `xl mem-set` does: `size_kib` includes videoram. Blocks for as long as
 * another holds the domain's lock. Returns 0 or libxl's error (below 0) with its words in `message`.
 */
int mt_light_set_target(
    mt_light *light, uint32_t domid, int64_t size_kib, char *message, size_t size);

#endif
