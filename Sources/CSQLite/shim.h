#ifndef MEMTOP_CSQLITE_H
#define MEMTOP_CSQLITE_H
/* SQLite's C API for Swift, which does not import its macros with casts. */
#include <sqlite3.h>

/* Tells SQLite to copy a text that is bound. */
static const sqlite3_destructor_type CS_TRANSIENT = (sqlite3_destructor_type)-1;

#endif
