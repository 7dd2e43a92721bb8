#ifndef MEMTOP_XEN_BRIDGE_H
#define MEMTOP_XEN_BRIDGE_H
/* libxenctrl, libxenstore and libxenlight, opened at run time. No policy lives here. */
int mt_xen_placeholder(void);
#endif
