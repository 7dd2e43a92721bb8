#include "clinux.h"
int mt_linux_placeholder(void) { return 0; }
