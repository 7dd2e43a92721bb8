/* node-affinity DOMID NODE: has Xen take a domain's memory of one NUMA node first. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <xenctrl.h>

int main(int count, char **words)
{
  if (count != 3) {
    fprintf(stderr, "usage: node-affinity DOMID NODE\n");
    return 64;
  }
  uint8_t nodes[128] = {0};
  unsigned node = strtoul(words[2], NULL, 10);
  xc_interface *xen = xc_interface_open(NULL, NULL, 0);
  if (!xen || node >= 8 * sizeof nodes)
    return 1;
  nodes[node / 8] = 1 << node % 8;
  return xc_domain_node_setaffinity(xen, strtoul(words[1], NULL, 10), nodes) ? 1 : 0;
}
