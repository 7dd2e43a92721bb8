#ifndef MEMTOP_XEN_LIBRARIES_H
#define MEMTOP_XEN_LIBRARIES_H

/*
 * What is used of each library. The prototypes are Xen 4.17's; they and the structures behind them
 * are the same in every release up to 4.22.
 */

#include <libxl.h>
#include <xenctrl.h>
#include <xenstore.h>

#define MT_XENCTRL(USE) \
  USE(xc_interface_open) USE(xc_interface_close) USE(xc_domain_getinfolist) USE(xc_physinfo) \
  USE(xc_domain_setmaxmem) USE(xc_domain_get_pod_target) USE(xc_get_paging_mempool_size) \
  USE(xc_numainfo) USE(xc_get_nodemap_size) USE(xc_domain_node_getaffinity)
#define MT_XENSTORE(USE) \
  USE(xs_open) USE(xs_close) USE(xs_daemon_socket) USE(xs_read) USE(xs_write) USE(xs_rm) \
  USE(xs_watch) USE(xs_fileno) USE(xs_check_watch) \
  USE(xs_transaction_start) USE(xs_transaction_end) USE(xs_set_permissions)
#define MT_XENLIGHT(USE) \
  USE(libxl_ctx_alloc) USE(libxl_ctx_free) USE(libxl_set_memory_target)

#define MT_DECLARE(name) __typeof__(name) *name;
typedef struct { MT_XENCTRL(MT_DECLARE) } mt_xenctrl_calls;
typedef struct { MT_XENSTORE(MT_DECLARE) } mt_xenstore_calls;
typedef struct { MT_XENLIGHT(MT_DECLARE) } mt_xenlight_calls;
#undef MT_DECLARE

extern mt_xenctrl_calls mt_xenctrl;
extern mt_xenstore_calls mt_xenstore;
extern mt_xenlight_calls mt_xenlight;

#endif
