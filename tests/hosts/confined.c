/*
 * Loaded before a program (LD_PRELOAD), it lets the kernel end the process at any system call that is not in the list: what the
 * library needs of Linux, and no more. EXRUN_CONFINED chooses the list: `listed`, or `without-network`, which shows that the
 * filter is there.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const int LISTED[] = {
    /* Memory. */
    SYS_brk, SYS_mmap, SYS_munmap, SYS_mprotect, SYS_madvise, SYS_mremap,
    /* Threads, and waiting. */
    SYS_clone, SYS_clone3, SYS_set_robust_list, SYS_rseq, SYS_futex, SYS_sched_yield, SYS_sched_getaffinity, SYS_gettid, SYS_getpid,
    SYS_sigaltstack, SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_prctl, SYS_clock_nanosleep, SYS_exit, SYS_exit_group,
    SYS_restart_syscall,
    /* Files. */
    SYS_openat, SYS_read, SYS_write, SYS_close, SYS_newfstatat, SYS_lseek, SYS_pread64, SYS_pwrite64, SYS_fcntl, SYS_fsync,
    SYS_fdatasync, SYS_ftruncate, SYS_unlinkat, SYS_readlinkat, SYS_statx, SYS_getdents64, SYS_getcwd, SYS_ioctl, SYS_fstat, SYS_fchown, SYS_fchmod,
#ifdef SYS_unlink
    SYS_unlink, SYS_readlink, SYS_rename, SYS_access, SYS_stat, SYS_lstat,
#endif
    /* Who it is, and chance. */
    SYS_geteuid, SYS_getuid, SYS_getrandom, SYS_uname, SYS_sysinfo,
    /* The time, where the kernel's own page does not tell it. */
    SYS_clock_gettime, SYS_gettimeofday,
};

static const int NETWORK[] = {
    SYS_socket, SYS_connect, SYS_sendto, SYS_recvfrom, SYS_recvmsg, SYS_sendmsg, SYS_sendmmsg, SYS_setsockopt, SYS_getsockopt, SYS_getsockname,
    SYS_getpeername, SYS_shutdown, SYS_writev, SYS_readv, SYS_epoll_create1, SYS_epoll_ctl, SYS_eventfd2, SYS_socketpair, SYS_ppoll,
#ifdef SYS_epoll_wait
    SYS_epoll_wait, SYS_poll,
#endif
    SYS_epoll_pwait,
};

static struct sock_filter filter[256];
static unsigned short length;

static void add(struct sock_filter step)
{
    filter[length++] = step;
}

static void allow(const int *calls, size_t count)
{
    for (size_t at = 0; at < count; at++) {
        add((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[at], 0, 1));
        add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    }
}

__attribute__((constructor)) static void confine(void)
{
    const char *mode = getenv("EXRUN_CONFINED");
    if (mode == NULL) {
        return;
    }
    add((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    allow(LISTED, sizeof LISTED / sizeof LISTED[0]);
    if (strcmp(mode, "without-network") != 0) {
        allow(NETWORK, sizeof NETWORK / sizeof NETWORK[0]);
    }
    add((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    struct sock_fprog program = {length, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        fprintf(stderr, "the filter was not taken: %s\n", strerror(errno));
        _exit(99);
    }
}
