#include "sys/sandbox.h"

#include "base/fd.h"
#include "sys/landlock.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* Numbers for accounts that were not created: apart from system, dynamic and nobody ids. */
enum { OWN_IDS_FROM = 59200, OWN_IDS = 64 };

/* The default accounts, each with a number of its own; other names share the rest. */
static const char *const default_users[] = { "_potedge",  "_potinsp",	"_potscan", "_potdns",
					     "_potstore", "_potrelay",	"_potweb",  "_potimage",
					     "_potkeys",  "_potreport", "_potmem",  "_potfetch" };

void sandbox_ids(const char *user, unsigned *ret_uid, unsigned *ret_gid)
{
	const struct passwd *pw = getpwnam(user);
	unsigned taken = ARRAY_LEN(default_users), sum = 0, number;

	if (pw) {
		*ret_uid = pw->pw_uid;
		*ret_gid = pw->pw_gid;
		return;
	}
	for (const char *p = user; *p; p++)
		sum = sum * 31 + (unsigned char)*p;
	number = taken + sum % (OWN_IDS - taken);
	for (unsigned i = 0; i < taken; i++) {
		if (strcmp(user, default_users[i]) == 0)
			number = i;
	}
	*ret_uid = *ret_gid = OWN_IDS_FROM + number;
}

/* What any process of ours calls: memory, its own descriptors, time, its end. */
static const int common_calls[] = {
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(readv),
	SCMP_SYS(writev),
	SCMP_SYS(pread64),
	SCMP_SYS(pwrite64),
	SCMP_SYS(pwritev),
	SCMP_SYS(pwritev2),
	SCMP_SYS(preadv),
	SCMP_SYS(lseek),
	SCMP_SYS(close),
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(mmap),
	SCMP_SYS(munmap),
	SCMP_SYS(mprotect),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(brk),
	SCMP_SYS(recvmsg),
	SCMP_SYS(sendmsg),
	SCMP_SYS(recvfrom),
	SCMP_SYS(sendto),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(futex),
	SCMP_SYS(sched_yield),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(nanosleep),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getegid),
	SCMP_SYS(getppid),
	SCMP_SYS(getrandom),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(setitimer),
	SCMP_SYS(alarm),
	SCMP_SYS(getrusage),
	SCMP_SYS(times),
	SCMP_SYS(sysinfo),
	SCMP_SYS(uname),
	SCMP_SYS(getcpu),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(membarrier),
	SCMP_SYS(dup),
	SCMP_SYS(shutdown),
};

/* Descriptor work; the commands that have a signal sent to any process are not among it. */
static const int fcntl_commands[] = { F_GETFD,	   F_SETFD,	    F_GETFL,	 F_SETFL,
				      F_DUPFD,	   F_DUPFD_CLOEXEC, F_ADD_SEALS, F_GET_SEALS,
				      F_GETLK,	   F_SETLK,	    F_SETLKW,	 F_OFD_GETLK,
				      F_OFD_SETLK, F_OFD_SETLKW };

/* For those with threads, and memory files of their own: what is written there counts
 * against no limit of ours, so a worker may not make any. */
static const int thread_calls[] = {
	SCMP_SYS(memfd_create),	   SCMP_SYS(ftruncate),	      SCMP_SYS(clone3),
	SCMP_SYS(clone),	   SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(prctl),	   SCMP_SYS(sched_getparam),  SCMP_SYS(sched_getscheduler),
	SCMP_SYS(set_tid_address),
};

static const int accept_calls[] = {
	SCMP_SYS(accept4),	   SCMP_SYS(accept),	 SCMP_SYS(getsockname),
	SCMP_SYS(getpeername),	   SCMP_SYS(setsockopt), SCMP_SYS(getsockopt),
	SCMP_SYS(epoll_create1),   SCMP_SYS(epoll_ctl),	 SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait),	   SCMP_SYS(eventfd2),	 SCMP_SYS(timerfd_create),
	SCMP_SYS(timerfd_settime), SCMP_SYS(listen),
};

static const int connect_calls[] = {
	SCMP_SYS(socket),	SCMP_SYS(connect),    SCMP_SYS(bind),	    SCMP_SYS(getsockname),
	SCMP_SYS(getpeername),	SCMP_SYS(setsockopt), SCMP_SYS(getsockopt), SCMP_SYS(epoll_create1),
	SCMP_SYS(epoll_create), SCMP_SYS(epoll_ctl),  SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
	SCMP_SYS(eventfd2),	SCMP_SYS(socketpair), SCMP_SYS(pipe2),	    SCMP_SYS(pipe),
	SCMP_SYS(ioctl),	SCMP_SYS(sendmmsg),   SCMP_SYS(select),	    SCMP_SYS(pselect6),
};

static const int file_calls[] = {
	SCMP_SYS(open),
	SCMP_SYS(openat),
	SCMP_SYS(stat),
	SCMP_SYS(lstat),
	SCMP_SYS(statx),
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(getdents64),
	SCMP_SYS(mkdir),
	SCMP_SYS(mkdirat),
	SCMP_SYS(link),
	SCMP_SYS(linkat),
	SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
	SCMP_SYS(rename),
	SCMP_SYS(renameat),
	SCMP_SYS(renameat2),
	SCMP_SYS(fsync),
	SCMP_SYS(fdatasync),
	SCMP_SYS(fchmod),
	SCMP_SYS(fallocate),
	SCMP_SYS(statfs),
	SCMP_SYS(fstatfs),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(getcwd),
	SCMP_SYS(rmdir),
	SCMP_SYS(utimensat),
	SCMP_SYS(copy_file_range),
	SCMP_SYS(fadvise64),
	SCMP_SYS(umask),
	SCMP_SYS(fchown),
	SCMP_SYS(ioctl),
	SCMP_SYS(truncate),
	SCMP_SYS(chdir),
	SCMP_SYS(sync_file_range),
};

/* Libraries look for locale and time zone files late; they may ask and be told no. */
static const int refused_calls[] = { SCMP_SYS(open),  SCMP_SYS(openat),	  SCMP_SYS(access),
				     SCMP_SYS(stat),  SCMP_SYS(readlink), SCMP_SYS(readlinkat),
				     SCMP_SYS(statx), SCMP_SYS(ioctl),	  SCMP_SYS(prlimit64),
				     SCMP_SYS(getcwd) };

static int allow(scmp_filter_ctx ctx, uint32_t action, const int *calls, size_t n)
{
	int r = 0;

	for (size_t i = 0; i < n && (r == 0 || r == -EEXIST); i++)
		r = seccomp_rule_add(ctx, action, calls[i], 0);
	return r == -EEXIST ? 0 : r;
}

/* Calls that could reach another process of the same user are allowed in part. */
static int allow_at_home(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp self =
		SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX, (scmp_datum_t)getpid());
	int r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, self);

	for (size_t i = 0; i < ARRAY_LEN(fcntl_commands) && r == 0; i++) {
		r = seccomp_rule_add(
			ctx, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
			SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, (scmp_datum_t)fcntl_commands[i]));
	}
	return r;
}

/* Who asks over a lane waits no longer than its deadline. */
static int allow_patience(scmp_filter_ctx ctx)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), 2,
				SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, SOL_SOCKET),
				SCMP_A2(SCMP_CMP_MASKED_EQ, UINT32_MAX, SO_RCVTIMEO));
}

static int set_seccomp(unsigned rights, struct why *why)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r = ctx ? 0 : -ENOMEM;

	if (r == 0)
		r = allow(ctx, SCMP_ACT_ALLOW, common_calls, ARRAY_LEN(common_calls));
	if (r == 0)
		r = allow_at_home(ctx);
	if (r == 0 && rights & SANDBOX_THREADS)
		r = allow(ctx, SCMP_ACT_ALLOW, thread_calls, ARRAY_LEN(thread_calls));
	if (r == 0 && rights & SANDBOX_THREADS)
		r = allow_patience(ctx);
	if (r == 0 && rights & SANDBOX_ACCEPT)
		r = allow(ctx, SCMP_ACT_ALLOW, accept_calls, ARRAY_LEN(accept_calls));
	if (r == 0 && rights & SANDBOX_CONNECT)
		r = allow(ctx, SCMP_ACT_ALLOW, connect_calls, ARRAY_LEN(connect_calls));
	if (r == 0 && rights & SANDBOX_FILES)
		r = allow(ctx, SCMP_ACT_ALLOW, file_calls, ARRAY_LEN(file_calls));
	else if (r == 0)
		r = allow(ctx, SCMP_ACT_ERRNO(EACCES), refused_calls, ARRAY_LEN(refused_calls));
	if (r == 0)
		r = seccomp_load(ctx);
	seccomp_release(ctx);
	return r < 0 ? why_set(why, r, "seccomp: %m") : 0;
}

static int set_limits(const struct sandbox_spec *spec, struct why *why)
{
	struct rlimit none = { 0, 0 };
	struct rlimit files = { spec->open_files, spec->open_files };
	struct rlimit memory = { spec->memory_bytes, spec->memory_bytes };

	if (setrlimit(RLIMIT_CORE, &none) < 0)
		return why_set(why, -errno, "rlimit core: %m");
	if (spec->open_files && setrlimit(RLIMIT_NOFILE, &files) < 0 && errno != EPERM)
		return why_set(why, -errno, "rlimit nofile: %m");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	/* A sanitizer reserves terabytes of addresses, so the ceiling is for real builds. */
	if (spec->memory_bytes && setrlimit(RLIMIT_AS, &memory) < 0)
		return why_set(why, -errno, "rlimit as: %m");
#else
	(void)memory;
#endif
	return 0;
}

static int drop_user(const char *user, const char *home, struct why *why)
{
	unsigned uid, gid;

	sandbox_ids(user, &uid, &gid); /* reads /etc/passwd: before the chroot */
	if (home && chroot(home) < 0)
		return why_set(why, -errno, "chroot %s: %m", home);
	if (home && chdir("/") < 0)
		return why_set(why, -errno, "chdir: %m");
	capng_clear(CAPNG_SELECT_BOTH);
	(void)capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_SETUID, CAP_SETGID,
			    -1);
	if (capng_apply(CAPNG_SELECT_CAPS) < 0)
		return why_set(why, -EPERM, "capabilities: cannot drop");
	if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
		return why_set(why, -errno, "setuid to %s (%u): %m", user, uid);
	capng_clear(CAPNG_SELECT_BOTH);
	defs_ignore(capng_apply(CAPNG_SELECT_CAPS)); /* setresuid has already cleared them */
	if (setuid(0) == 0)
		return why_set(why, -EPERM, "setuid: root came back");
	return 0;
}

int sandbox_enter(const struct sandbox_spec *spec, struct why *why)
{
	int r = set_limits(spec, why);

	bug_if(spec->home && spec->read_paths[0]);
	if (r < 0)
		return r;
	if (geteuid() == 0) {
		r = drop_user(spec->user, spec->home, why);
		if (r < 0)
			return r;
	} else if (spec->home && chdir(spec->home) < 0) {
		return why_set(why, -errno, "chdir %s: %m", spec->home);
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return why_set(why, -errno, "no_new_privs: %m");
	/* setresuid has cleared it (prctl(2)). */
	prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0);
	r = landlock_enter(spec->home ? "." : NULL, spec->read_paths, why);
	if (r < 0)
		return r;
	return set_seccomp(spec->rights, why);
}
