#ifndef MEMTOP_CSQLITE_H
#define MEMTOP_CSQLITE_H
/* SQLite's C API for Swift, which does not import its macros with casts, nor functions with "...". */
#include <sqlite3.h>

/* Tells SQLite to copy a text that is bound. */
static const sqlite3_destructor_type CS_TRANSIENT = (sqlite3_destructor_type)-1;

/* sqlite3_db_config() of those options that take a switch: 0 off, 1 on. */
static inline int cs_switch(sqlite3 *database, int option, int on) {
  return sqlite3_db_config(database, option, on, (int *)0);
}

#endif
