#ifndef MEMTOP_CEVENT_H
#define MEMTOP_CEVENT_H
/*
 * What memtop uses of libevent: a loop, and its HTTP server. Its own headers stay out of Swift's sight,
 * because they bring the system's in another form than Swift has them.
 */
#include <stddef.h>

typedef struct event_base *ce_loop;
typedef struct event *ce_event;
typedef struct evhttp *ce_server;
typedef struct evhttp_request *ce_request;
/* What is sent; any number of replies share one, which lives until the last of them is sent. */
typedef struct ce_body *ce_body;

/* libevent's warnings and errors go there. */
void ce_tell(void (*tell)(const char *));

/* NULL where the machine has no descriptors left. */
ce_loop ce_loop_new(void);
void ce_loop_free(ce_loop);
/* Ends a wait whenever the descriptor can be read. */
ce_event ce_watch(ce_loop, int descriptor);
/* Ends a wait by the time that `ce_wait` is given. */
ce_event ce_timer(ce_loop);
void ce_event_free(ce_event);
/* Serves until something comes, or for so many milliseconds; below zero is without end. */
void ce_wait(ce_loop, ce_event timer, long milliseconds);

/*
 * A server of requests without bodies. Each is given to `take`, whatever its method, and must be answered
 * once by `ce_reply`, then or later, whether its asker is still there or not. A reply of 405 allows GET and HEAD.
 */
ce_server ce_server_new(ce_loop, void (*take)(ce_request, void *), void *context);
void ce_server_free(ce_server);
/* Takes connections from a socket that listens; it belongs to the server then. 0 where it cannot. */
int ce_server_listen(ce_server, int descriptor);

/* Whether it is GET or HEAD. */
int ce_reads(ce_request);
/* Without the query; NULL where there is none. */
const char *ce_path(ce_request);
/* The Accept header; NULL where there is none. */
const char *ce_accept(ce_request);
void ce_reply(ce_request, int status, const char *reason, const char *type, ce_body);

/* A copy of the bytes; NULL where there is no memory. `ce_body_free` gives up the maker's own hold on it. */
ce_body ce_body_new(const void *bytes, size_t size);
void ce_body_free(ce_body);
/* How many there are: made, and not sent to all yet. */
int ce_bodies(void);

#endif
