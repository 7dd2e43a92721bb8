/*
 * Fakes what the real xenstored wants of a hypervisor, so that it runs without one: its own page and
 * event channel, grants and events of guests, and the question whether a domain lives (always).
 * Transactions, watches, permissions and quotas are xenstored's own. Use as LD_PRELOAD.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xenctrl.h>
#include <xenevtchn.h>
#include <xengnttab.h>

enum { PAGE = 4096 };
static int some_handle;

static int file_holding(const char *text, size_t size)
{
  int file = memfd_create("fake", MFD_CLOEXEC);
  if (ftruncate(file, size) || pwrite(file, text, strlen(text), 0) < 0)
    return -1;
  return file;
}

int open(const char *path, int flags, ...)
{
  static int (*real)(const char *, int, ...);
  if (!real)
    real = dlsym(RTLD_NEXT, "open");
  if (!strcmp(path, "/proc/xen/xsd_port"))
    return file_holding("1", 1);
  if (!strcmp(path, "/proc/xen/xsd_kva"))
    return file_holding("", PAGE);
  va_list arguments;
  va_start(arguments, flags);
  int mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(arguments, int) : 0;
  va_end(arguments);
  return real(path, flags, mode);
}

xc_interface *xc_interface_open(xentoollog_logger *a, xentoollog_logger *b, unsigned flags)
{
  (void)a, (void)b, (void)flags;
  return (void *)&some_handle;
}
int xc_interface_close(xc_interface *handle) { return (void)handle, 0; }
int xc_domain_getinfo(xc_interface *handle, uint32_t first, unsigned most, xc_dominfo_t *info)
{
  (void)handle, (void)most;
  memset(info, 0, sizeof *info);
  info->domid = first;
  info->running = 1;
  return 1;
}

xengnttab_handle *xengnttab_open(struct xentoollog_logger *logger, unsigned flags)
{
  (void)logger, (void)flags;
  return (void *)&some_handle;
}
int xengnttab_close(xengnttab_handle *handle) { return (void)handle, 0; }
int xengnttab_set_max_grants(xengnttab_handle *handle, uint32_t most)
{
  return (void)handle, (void)most, 0;
}
void *xengnttab_map_grant_ref(xengnttab_handle *handle, uint32_t domid, uint32_t grant, int access)
{
  (void)handle, (void)domid, (void)grant, (void)access;
  return mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
int xengnttab_unmap(xengnttab_handle *handle, void *start, uint32_t pages)
{
  (void)handle;
  return munmap(start, PAGE * (size_t)pages);
}

static int event_channel = -1;
static int next_port = 1;
xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger, unsigned flags)
{
  (void)logger, (void)flags;
  event_channel = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  return (void *)&some_handle;
}
int xenevtchn_fd(xenevtchn_handle *handle) { return (void)handle, event_channel; }
int xenevtchn_notify(xenevtchn_handle *handle, evtchn_port_t port)
{
  return (void)handle, (void)port, 0;
}
xenevtchn_port_or_error_t xenevtchn_bind_virq(xenevtchn_handle *handle, unsigned virq)
{
  return (void)handle, (void)virq, next_port++;
}
xenevtchn_port_or_error_t
xenevtchn_bind_interdomain(xenevtchn_handle *handle, uint32_t domid, evtchn_port_t port)
{
  return (void)handle, (void)domid, (void)port, next_port++;
}
int xenevtchn_unbind(xenevtchn_handle *handle, evtchn_port_t port)
{
  return (void)handle, (void)port, 0;
}
xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *handle)
{
  (void)handle;
  errno = EAGAIN;
  return -1;
}
int xenevtchn_unmask(xenevtchn_handle *handle, evtchn_port_t port)
{
  return (void)handle, (void)port, 0;
}
