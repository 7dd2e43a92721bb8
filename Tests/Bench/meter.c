/* meter: starts a program and measures it from one mark in its output to another.
 *
 *   meter [OPTION…] COMMAND [ARGUMENT…]
 *     --screen COLUMNSxROWS  in a terminal of that size, instead of through a pipe
 *     --mark TEXT            a mark is where TEXT appears in the output (several: where all have)
 *     --mark-bursts          a mark is output after a pause of 0.3 s
 *     --mark-seconds         a mark is each whole second
 *     --mark-end             a mark is the program's end
 *     --skip K               measure from mark K on (0 is the start), --count N for N marks
 *     --beside PID           measure another process over the same time
 *     --seconds S            give up after that long
 *
 * It then ends the program with SIGTERM and prints one line of name=value pairs: times in
 * microseconds, memory in KiB, bytes of output in all and per second (median and most). CPU time is
 * what the scheduler has counted for all threads (/proc/PID/task/TID/schedstat), in nanoseconds and
 * not in ticks. Ends with 1 where the marks did not come.
 */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  most_texts = 16,
  most_seconds = 86400,
  longest_text = 256,
  pause_ms = 300,
  read_bytes = 65536,
};

static struct {
  struct winsize screen;
  const char *texts[most_texts];
  int text_count;
  bool bursts, seconds, end;
  long skip, count, limit;
  pid_t beside;
} options = {.count = 1, .limit = 600};

struct moment {
  long long wall, cpu, beside;
  long bytes;
};

static struct moment from, to;
static long long started, last_output;
static long marks, bytes;
static long *per_second;
static bool seen[most_texts];

static void fail(const char *what) {
  fprintf(stderr, "meter: %s: %s\n", what, strerror(errno));
  exit(2);
}

static long long now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

/* CPU time of all threads that a process has now. */
static long long cpu_us(pid_t pid) {
  char path[96];
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR *tasks = pid ? opendir(path) : NULL;
  if (!tasks) return 0;
  long long sum = 0;
  for (struct dirent *task; (task = readdir(tasks));) {
    unsigned long long time = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%.20s/schedstat", pid, task->d_name);
    FILE *file = task->d_name[0] == '.' ? NULL : fopen(path, "r");
    if (!file) continue;
    if (fscanf(file, "%llu", &time) == 1) sum += time / 1000;
    fclose(file);
  }
  closedir(tasks);
  return sum;
}

static long status_kib(pid_t pid, const char *field) {
  char path[64], line[256];
  long value = -1;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *file = fopen(path, "r");
  while (file && value < 0 && fgets(line, sizeof line, file)) {
    if (!strncmp(line, field, strlen(field))) value = atol(line + strlen(field) + 1);
  }
  if (file) fclose(file);
  return value;
}

static void take(struct moment *moment, pid_t pid) {
  *moment = (struct moment){now_us(), cpu_us(pid), cpu_us(options.beside), bytes};
}

/* Counts a mark; true once the last one has come. */
static bool mark(pid_t pid) {
  marks++;
  if (marks == options.skip) take(&from, pid);
  if (marks != options.skip + options.count) return false;
  take(&to, pid);
  return true;
}

/* Looks for the texts in what has come; a text may be torn over two reads. */
static bool scan(const char *data, size_t size, pid_t pid) {
  static char window[longest_text + read_bytes];
  static size_t held;
  memcpy(window + held, data, size);
  held += size;
  char *place = window, *end = window + held;
  if (options.text_count == 1) {
    const char *text = options.texts[0];
    for (char *hit; (hit = memmem(place, end - place, text, strlen(text)));) {
      place = hit + strlen(text);
      if (mark(pid)) return true;
    }
  } else {
    bool all = options.text_count > 0;
    for (int i = 0; i < options.text_count; i++) {
      seen[i] = seen[i] || memmem(window, held, options.texts[i], strlen(options.texts[i]));
      all = all && seen[i];
    }
    if (all && mark(pid)) return true;
  }
  size_t keep = end - place < longest_text - 1 ? end - place : longest_text - 1;
  memmove(window, end - keep, keep);
  held = keep;
  return false;
}

static bool arrive(const char *data, size_t size, pid_t pid) {
  long long now = now_us();
  bool is_burst = now - last_output > pause_ms * 1000LL;
  last_output = now;
  bytes += size;
  per_second[(now - started) / 1000000] += size;
  if (options.bursts) return is_burst && mark(pid);
  return scan(data, size, pid);
}

/* Of a program that has ended only the sum is left. */
static void mark_end(pid_t pid) {
  struct rusage used;
  if (wait4(pid, NULL, 0, &used) != pid) fail("wait4");
  mark(pid);
  to.cpu = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000LL + used.ru_utime.tv_usec +
           used.ru_stime.tv_usec;
}

static void measure(int output, pid_t pid) {
  static char data[read_bytes];
  started = now_us();
  take(&from, pid);
  long long next = started + 1000000;
  for (;;) {
    long long now = now_us();
    if (now - started > options.limit * 1000000LL) return;
    if (options.seconds && now >= next) {
      next += 1000000;
      if (mark(pid)) return;
    }
    struct pollfd waiting = {output, POLLIN, 0};
    long long wait = options.seconds ? (next - now) / 1000 + 1 : 100;
    if (poll(&waiting, 1, wait > 0 ? wait : 0) <= 0) continue;
    ssize_t got = read(output, data, sizeof data);
    if (got <= 0) {
      if (got < 0 && errno == EINTR) continue;
      if (options.end) mark_end(pid);
      return;
    }
    if (arrive(data, got, pid)) return;
  }
}

static pid_t start(char **command, int *output) {
  int pipes[2];
  bool is_screen = options.screen.ws_col > 0;
  if (!is_screen && pipe(pipes)) fail("pipe");
  pid_t pid = is_screen ? forkpty(output, NULL, NULL, &options.screen) : fork();
  if (pid < 0) fail("fork");
  if (pid == 0) {
    if (!is_screen) dup2(pipes[1], STDOUT_FILENO);
    execvp(command[0], command);
    fail(command[0]);
  }
  if (!is_screen) {
    close(pipes[1]);
    *output = pipes[0];
  }
  return pid;
}

static int by_size(const void *a, const void *b) {
  long x = *(const long *)a, y = *(const long *)b;
  return (x > y) - (x < y);
}

/* Whole seconds between the marks only. */
static void print_rates(void) {
  long first = (from.wall - started) / 1000000 + 1, end = (to.wall - started) / 1000000;
  long count = end - first;
  if (count < 1) return;
  qsort(per_second + first, count, sizeof *per_second, by_size);
  printf(" second_median=%ld second_most=%ld", per_second[first + count / 2],
         per_second[end - 1]);
}

static int report(pid_t pid) {
  bool complete = marks >= options.skip + options.count;
  if (!complete) take(&to, pid);
  long rss = status_kib(pid, "VmRSS"), anon = status_kib(pid, "RssAnon");
  if (!options.end) kill(pid, SIGTERM);
  printf("complete=%d marks=%ld wall=%lld cpu=%lld beside=%lld bytes=%ld rss=%ld anon=%ld",
         complete, marks - options.skip, to.wall - from.wall, to.cpu - from.cpu,
         to.beside - from.beside, to.bytes - from.bytes, rss, anon);
  print_rates();
  printf("\n");
  return complete ? 0 : 1;
}

static char **read_options(char **word) {
  for (; *word && !strncmp(*word, "--", 2); word++) {
    const char *name = *word + 2;
    if (!strcmp(name, "mark-bursts")) options.bursts = true;
    else if (!strcmp(name, "mark-seconds")) options.seconds = true;
    else if (!strcmp(name, "mark-end")) options.end = true;
    else if (!*++word) break;
    else if (!strcmp(name, "mark") && options.text_count < most_texts)
      options.texts[options.text_count++] = *word;
    else if (!strcmp(name, "skip")) options.skip = atol(*word);
    else if (!strcmp(name, "count")) options.count = atol(*word);
    else if (!strcmp(name, "seconds")) options.limit = atol(*word);
    else if (!strcmp(name, "beside")) options.beside = atoi(*word);
    else if (!strcmp(name, "screen"))
      sscanf(*word, "%hux%hu", &options.screen.ws_col, &options.screen.ws_row);
    else return NULL;
  }
  return *word && options.limit < most_seconds ? word : NULL;
}

int main(int argc, char **argv) {
  char **command = argc > 1 ? read_options(argv + 1) : NULL;
  if (!command) {
    fprintf(stderr, "usage: meter [OPTION…] COMMAND (see the head of meter.c)\n");
    return 2;
  }
  per_second = calloc(most_seconds, sizeof *per_second);
  if (!per_second) fail("calloc");
  int output;
  pid_t pid = start(command, &output);
  measure(output, pid);
  int status = report(pid);
  fflush(stdout);
  /* What it still says while it ends must not hold it up. */
  static char rest[read_bytes];
  while (read(output, rest, sizeof rest) > 0) continue;
  waitpid(pid, NULL, 0);
  return status;
}
