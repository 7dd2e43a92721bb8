#ifndef MEMTOP_CLINUX_MAPPED_FILE_H
#define MEMTOP_CLINUX_MAPPED_FILE_H
/* Writes one line to standard error that names the file mapped at `address`. Safe in a signal handler. */
void mt_mapped_file_lost(const void *address);
#endif
