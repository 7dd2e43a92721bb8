#ifndef MEMTOP_XEN_LAYOUTS_H
#define MEMTOP_XEN_LAYOUTS_H
#include <stdbool.h>
#include <xenctrl.h>

/*
 * Whether libxenctrl fills the structures that this program was built with, and not larger or smaller ones:
 * a release that is not known yet, or a vendor's patches, may have changed them. True where it cannot be
 * asked. Measured once for the process.
 */
bool layouts_are_known(xc_interface *interface);
#endif
