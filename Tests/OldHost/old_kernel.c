/*
 * old_kernel PROGRAM [ARGUMENT...]: runs a program that is answered ENOSYS to every system call newer
 * than Linux 4.19, the kernel of XCP-ng 8.3 (x86-64: up to rseq, 334; include/uapi/asm-generic/unistd.h
 * and arch/x86/entry/syscalls/syscall_64.tbl). A filter that stands in for that kernel.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { LAST = 334 };

int main(int count, char **words)
{
  struct sock_filter steps[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, LAST, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {.len = sizeof steps / sizeof *steps, .filter = steps};
  if (count < 2)
    return 64;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) {
    perror("old_kernel: no filter");
    return 71;
  }
  execv(words[1], words + 1);
  perror(words[1]);
  return 127;
}
