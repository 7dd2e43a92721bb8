#include "cevent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>

enum { LONGEST_HEADERS = 8 << 10, TIMEOUT_SECONDS = 15 };

/* libevent answers 501 to others, which means that the server does not know them. */
enum {
  KNOWN_METHODS = EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE |
                  EVHTTP_REQ_OPTIONS | EVHTTP_REQ_TRACE | EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH
};

static void (*teller)(const char *);

static void tell(int severity, const char *text)
{
  if (severity >= EVENT_LOG_WARN && teller)
    teller(text);
}

void ce_tell(void (*new_teller)(const char *))
{
  teller = new_teller;
  event_set_log_callback(tell);
}

ce_loop ce_loop_new(void) { return event_base_new(); }

void ce_loop_free(ce_loop loop) { event_base_free(loop); }

/* A wait ends after whatever was to be called: nothing is left to do. */
static void come(evutil_socket_t descriptor, short what, void *context)
{
  (void)descriptor;
  (void)what;
  (void)context;
}

ce_event ce_watch(ce_loop loop, int descriptor)
{
  struct event *event = event_new(loop, descriptor, EV_READ | EV_PERSIST, come, NULL);
  if (event)
    event_add(event, NULL);
  return event;
}

ce_event ce_timer(ce_loop loop) { return event_new(loop, -1, 0, come, NULL); }

void ce_event_free(ce_event event) { event_free(event); }

void ce_wait(ce_loop loop, ce_event timer, long milliseconds)
{
  struct timeval span = {milliseconds / 1000, milliseconds % 1000 * 1000};
  if (milliseconds >= 0)
    event_add(timer, &span);
  event_base_loop(loop, EVLOOP_ONCE);
  event_del(timer);
}

ce_server ce_server_new(ce_loop loop, void (*take)(ce_request, void *), void *context)
{
  struct evhttp *server = evhttp_new(loop);
  if (!server)
    return NULL;
  evhttp_set_allowed_methods(server, KNOWN_METHODS);
  evhttp_set_max_headers_size(server, LONGEST_HEADERS);
  evhttp_set_max_body_size(server, 0);
  evhttp_set_timeout(server, TIMEOUT_SECONDS);
  evhttp_set_gencb(server, take, context);
  return server;
}

void ce_server_free(ce_server server) { evhttp_free(server); }

static void wake(evutil_socket_t descriptor, short what, void *listener)
{
  (void)descriptor;
  (void)what;
  evconnlistener_enable(listener);
}

/* Where there are no descriptors left, each try to take a connection fails at once, and would be made
   again at once. */
static void rest(struct evconnlistener *listener, void *context)
{
  struct timeval half_a_second = {0, 500000};
  (void)context;
  evconnlistener_disable(listener);
  event_base_once(
      evconnlistener_get_base(listener), -1, EV_TIMEOUT, wake, listener, &half_a_second);
}

int ce_server_listen(ce_server server, int descriptor)
{
  struct evhttp_bound_socket *bound;
  evutil_make_socket_nonblocking(descriptor);
  bound = evhttp_accept_socket_with_handle(server, descriptor);
  if (!bound)
    return 0;
  evconnlistener_set_error_cb(evhttp_bound_socket_get_listener(bound), rest);
  return 1;
}

int ce_reads(ce_request request)
{
  return (evhttp_request_get_command(request) & (EVHTTP_REQ_GET | EVHTTP_REQ_HEAD)) != 0;
}

const char *ce_path(ce_request request)
{
  const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
  return uri ? evhttp_uri_get_path(uri) : NULL;
}

const char *ce_accept(ce_request request)
{
  return evhttp_find_header(evhttp_request_get_input_headers(request), "Accept");
}

/* Of the loop's thread alone, so that nothing is counted by two at once. */
struct ce_body {
  int holders;
  size_t size;
  char bytes[];
};

static int bodies;

int ce_bodies(void) { return bodies; }

ce_body ce_body_new(const void *bytes, size_t size)
{
  ce_body body = malloc(sizeof *body + size);
  if (!body)
    return NULL;
  body->holders = 1;
  body->size = size;
  memcpy(body->bytes, bytes, size);
  bodies++;
  return body;
}

void ce_body_free(ce_body body)
{
  if (--body->holders > 0)
    return;
  bodies--;
  free(body);
}

static void sent(const void *bytes, size_t size, void *body)
{
  (void)bytes;
  (void)size;
  ce_body_free(body);
}

void ce_reply(ce_request request, int status, const char *reason, const char *type, ce_body body)
{
  struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
  struct evbuffer *text = evbuffer_new();
  evhttp_add_header(headers, "Content-Type", type);
  evhttp_add_header(headers, "Vary", "Accept");
  evhttp_add_header(headers, "Cache-Control", "no-store");
  evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
  if (status == HTTP_BADMETHOD)
    evhttp_add_header(headers, "Allow", "GET, HEAD");
  if (evhttp_request_get_command(request) == EVHTTP_REQ_HEAD) {
    /* libevent would send the body that a HEAD must not have. */
    char length[24];
    snprintf(length, sizeof length, "%zu", body->size);
    evhttp_add_header(headers, "Content-Length", length);
  } else if (text && evbuffer_add_reference(text, body->bytes, body->size, sent, body) == 0) {
    body->holders++;
  }
  evhttp_send_reply(request, status, reason, text);
  if (text)
    evbuffer_free(text);
}
