#include "crash.h"
#include "crash_signals.h"
#include "mapped_file.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static int terminal = -1;
/* Where the program draws, and the handler's own way there. */
static int drawn = -1;
static int screen = -1;
static int nowhere = -1;
static int words = -1;
static volatile sig_atomic_t is_armed;
/* SIGSTKSZ is no constant any more (glibc 2.34). */
static char stack[32768];

/* What ends the screen: one is written while the handler uses the other. */
static struct {
  unsigned char bytes[1024];
  size_t size;
} endings[2];
static volatile sig_atomic_t ending;

static const char message[] = "\rmemtop crashed; please report this bug\r\n";

/* The descriptor does not block: a terminal that is full is waited for, one that is stuck is not. */
static void tell(const void *text, size_t size)
{
  const char *rest = text;
  int output = screen < 0 ? drawn : screen;
  struct pollfd room = {.fd = output, .events = POLLOUT};
  while (size > 0) {
    ssize_t sent = write(output, rest, size);
    if (sent > 0) {
      rest += sent;
      size -= (size_t)sent;
    } else if (poll(&room, 1, 500) <= 0 || !(room.revents & POLLOUT)) {
      return;
    }
  }
}

/* What the runtime and libraries said while the screen was on, such as why a trap was taken. */
static void tell_words(void)
{
  char some[512];
  ssize_t size;
  for (off_t at = 0; words >= 0 && at < 8192; at += size) {
    size = pread(words, some, sizeof some, at);
    if (size <= 0)
      return;
    tell(some, (size_t)size);
  }
}

static void give_back(void)
{
  is_armed = 0;
  /* Another thread may be drawing still: what comes now must not follow what ends the screen. */
  if (nowhere >= 0 && screen >= 0)
    dup2(nowhere, drawn);
  tcsetattr(terminal, TCSANOW, &before);
  tell(endings[ending].bytes, endings[ending].size);
}

static void crashed(int number)
{
  if (is_armed) {
    give_back();
    tell(message, sizeof message - 1);
    tell_words();
  }
  signal(number, SIG_DFL);
  raise(number);
}

/* A page of a mapped file that is not there any more is no fault of the program: the file is named. */
static void bus_error(int number, siginfo_t *info, void *context)
{
  (void)context;
  if (info->si_code != BUS_ADRERR) {
    crashed(number);
    return;
  }
  bool had_screen = is_armed;
  if (had_screen)
    give_back();
  mt_mapped_file_lost(info->si_addr);
  /* Standard error is that file while there is a screen. */
  if (had_screen)
    tell_words();
  _exit(1);
}

void mt_crash_guard_bus_error(void)
{
  struct sigaction action = {
    .sa_sigaction = bus_error, .sa_flags = SA_ONSTACK | SA_NODEFER | SA_SIGINFO};
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, NULL);
}

void mt_crash_guard_drop_others(void)
{
  static const int more[] = {SIGQUIT};
  for (size_t i = 0; i < CRASHES + sizeof more / sizeof *more; i++) {
    int number = i < CRASHES ? crashes[i] : more[i - CRASHES];
    struct sigaction found;
    if (sigaction(number, NULL, &found) || found.sa_handler == SIG_DFL || found.sa_handler == SIG_IGN)
      continue;
    const struct sigaction standard = {.sa_handler = SIG_DFL};
    sigaction(number, &standard, NULL);
  }
}

void mt_crash_guard_install(int input, int output)
{
  if (tcgetattr(input, &before))
    return;
  terminal = input;
  drawn = output;
  screen = fcntl(output, F_DUPFD_CLOEXEC, 0);
  nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&own, NULL);
  struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK | SA_NODEFER};
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < CRASHES; i++)
    sigaction(crashes[i], &action, NULL);
  mt_crash_guard_bus_error();
}

void mt_crash_guard_ending(const unsigned char *bytes, size_t size)
{
  int next = !ending;
  if (size > sizeof endings[next].bytes)
    size = 0;
  memcpy(endings[next].bytes, bytes, size);
  endings[next].size = size;
  ending = next;
}

void mt_crash_guard_words(int file)
{
  words = file;
}

void mt_crash_guard_arm(bool armed)
{
  is_armed = armed;
}
