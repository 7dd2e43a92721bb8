#include "arena.h"

#include <malloc.h>

void mt_use_one_arena(void)
{
  mallopt(M_ARENA_MAX, 1);
}
