/* need-memory TYPE MEMORY MAXMEM VCPUS: what libxl itself says that `xl create` needs, in KiB, for a
 * domain of that type (pv, pvh or hvm), with MiB as in xl.cfg(5).
 */
#include <errno.h>
#include <inttypes.h>
#include <libxl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xentoollog.h>

static libxl_domain_type type_of(const char *word)
{
  if (!strcmp(word, "hvm"))
    return LIBXL_DOMAIN_TYPE_HVM;
  return strcmp(word, "pvh") ? LIBXL_DOMAIN_TYPE_PV : LIBXL_DOMAIN_TYPE_PVH;
}

static void describe(libxl_domain_config *config, char **words)
{
  libxl_domain_config_init(config);
  config->c_info.type = type_of(words[1]);
  config->c_info.name = strdup("need-memory");
  libxl_domain_build_info_init_type(&config->b_info, config->c_info.type);
  config->b_info.target_memkb = strtoull(words[2], NULL, 10) * 1024;
  config->b_info.max_memkb = strtoull(words[3], NULL, 10) * 1024;
  config->b_info.max_vcpus = strtoul(words[4], NULL, 10);
}

int main(int count, char **words)
{
  if (count != 5) {
    fprintf(stderr, "usage: need-memory pv|pvh|hvm MEMORY MAXMEM VCPUS\n");
    return 64;
  }
  xentoollog_logger_stdiostream *log = xtl_createlogger_stdiostream(stderr, XTL_ERROR, 0);
  libxl_ctx *context = NULL;
  if (libxl_ctx_alloc(&context, LIBXL_VERSION, 0, (xentoollog_logger *)log)) {
    fprintf(stderr, "need-memory: cannot open libxl\n");
    return 1;
  }
  libxl_domain_config config;
  describe(&config, words);
  uint64_t need = 0;
  int error = libxl_domain_need_memory(context, &config, 0, &need);
  if (!error)
    printf("%" PRIu64 "\n", need);
  return error ? 1 : 0;
}
