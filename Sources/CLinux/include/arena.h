#ifndef MEMTOP_CLINUX_ARENA_H
#define MEMTOP_CLINUX_ARENA_H

/*
 * All threads take memory from one place (mallopt(3), M_ARENA_MAX): a place of its own would cost each
 * of a few threads that rarely need any some forty pages, and the setting up of them.
 */
void mt_use_one_arena(void);
#endif
