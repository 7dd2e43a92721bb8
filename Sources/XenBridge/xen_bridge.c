#include "xen_bridge.h"
int mt_xen_placeholder(void) { return 0; }
