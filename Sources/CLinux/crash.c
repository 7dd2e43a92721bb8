#include "crash.h"

#include <signal.h>
#include <stddef.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static int terminal = -1;
static volatile sig_atomic_t is_armed;
/* SIGSTKSZ is no constant any more (glibc 2.34). */
static char stack[32768];

static const int crashes[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};

/* Paste mode off, cursor on, plain text, ASCII, the ordinary screen: what no terminal minds. */
static const char mend[] = "\033[?2004l\033[?25h\033[m\017\033[?1049l\r\n"
                           "memtop: it crashed; that is a bug worth a report\r\n";

static void crashed(int number)
{
  if (is_armed) {
    is_armed = 0;
    tcsetattr(terminal, TCSANOW, &before);
    ssize_t ignored = write(terminal, mend, sizeof mend - 1);
    (void)ignored;
  }
  signal(number, SIG_DFL);
  raise(number);
}

void mt_crash_guard_install(int fd)
{
  if (tcgetattr(fd, &before))
    return;
  terminal = fd;
  stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&own, NULL);
  struct sigaction action = {.sa_handler = crashed, .sa_flags = SA_ONSTACK | SA_NODEFER};
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
    sigaction(crashes[i], &action, NULL);
}

void mt_crash_guard_arm(bool armed)
{
  is_armed = armed;
}
