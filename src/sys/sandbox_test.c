/* Each forbidden act is tried by a child inside the sandbox: it must die by SIGSYS, or be
 * refused, and what is allowed must work. */
#include "sys/sandbox.h"

#include "sys/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { REFUSED = 40, DONE = 41, NO_SANDBOX = 42 };

typedef int act_fn(void);

/* Exit status of act inside the sandbox, or minus the signal that ended it. */
static int inside(const struct sandbox_spec *spec, act_fn *act)
{
	pid_t pid = fork();
	struct why why;
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (sandbox_enter(spec, &why) < 0)
			_exit(NO_SANDBOX);
		_exit(act());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int make_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? DONE : REFUSED;
}

static int run_program(void)
{
	char *argv[] = { NULL };

	execv("/bin/true", argv);
	return REFUSED;
}

static int fork_child(void)
{
	return fork() >= 0 ? DONE : REFUSED;
}

static int trace_parent(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), 0, 0) == 0 ? DONE : REFUSED;
}

static int kill_parent(void)
{
	return kill(getppid(), 0) == 0 ? DONE : REFUSED;
}

static int signal_parent_thread(void)
{
	return syscall(SYS_tgkill, getppid(), getppid(), 0) == 0 ? DONE : REFUSED;
}

/* SIGIO for a descriptor goes to whom F_SETOWN names. */
static int aim_signals_at_parent(void)
{
	return fcntl(0, F_SETOWN, getppid()) == 0 ? DONE : REFUSED;
}

static int make_memory_file(void)
{
	return memfd_create("x", 0) >= 0 ? DONE : REFUSED;
}

static int abort_self(void)
{
	abort();
}

static int open_passwd(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0 ? DONE : REFUSED;
}

static int use_memory(void)
{
	size_t n = 1 << 20;
	char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return REFUSED;
	memset(p, 1, n);
	return munmap(p, n) == 0 ? DONE : REFUSED;
}

static void a_worker_dies_when_it_tries_what_is_forbidden(void **state)
{
	static act_fn *const acts[] = {
		make_socket,	       run_program,	fork_child,
		trace_parent,	       kill_parent,	signal_parent_thread,
		aim_signals_at_parent, make_memory_file
	};
	struct sandbox_spec spec = { .user = "_potinsp" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(acts); i++)
		assert_int_equal(inside(&spec, acts[i]), -SIGSYS);
}

static void a_worker_is_refused_files_and_keeps_its_memory(void **state)
{
	struct sandbox_spec spec = { .user = "_potinsp" };

	(void)state;
	assert_int_equal(inside(&spec, open_passwd), REFUSED);
	assert_int_equal(inside(&spec, use_memory), DONE);
	assert_int_equal(inside(&spec, abort_self), -SIGABRT);
}

static int write_at_home(void)
{
	return open("file", O_WRONLY | O_CREAT, 0600) >= 0 ? DONE : REFUSED;
}

static void a_process_with_a_home_reaches_it_and_nothing_else(void **state)
{
	char home[] = "/tmp/poterne-sandbox-XXXXXX", file[64];
	struct sandbox_spec spec = { .user = "_potstore", .rights = SANDBOX_FILES, .home = home };
	unsigned uid, gid;

	(void)state;
	assert_non_null(mkdtemp(home));
	if (geteuid() == 0) {
		sandbox_ids("_potstore", &uid, &gid);
		assert_int_equal(chown(home, uid, gid), 0);
	}
	assert_int_equal(inside(&spec, write_at_home), DONE);
	if (landlock_abi() > 0 || geteuid() == 0)
		assert_int_equal(inside(&spec, open_passwd), REFUSED);
	snprintf(file, sizeof(file), "%s/file", home);
	unlink(file);
	rmdir(home);
}

static int am_root(void)
{
	return geteuid() == 0 || getuid() == 0 ? DONE : REFUSED;
}

static void root_is_left_for_good(void **state)
{
	struct sandbox_spec spec = { .user = "_potinsp" };

	(void)state;
	assert_int_equal(inside(&spec, am_root), REFUSED);
}

static void an_account_that_does_not_exist_has_a_number_of_our_own(void **state)
{
	unsigned uid, gid, other, other_gid;

	(void)state;
	sandbox_ids("_no_such_account_1", &uid, &gid);
	sandbox_ids("_no_such_account_2", &other, &other_gid);
	assert_in_range(uid, 59200, 59263);
	assert_int_equal(uid, gid);
	assert_int_not_equal(uid, other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_worker_dies_when_it_tries_what_is_forbidden),
		cmocka_unit_test(a_worker_is_refused_files_and_keeps_its_memory),
		cmocka_unit_test(a_process_with_a_home_reaches_it_and_nothing_else),
		cmocka_unit_test(root_is_left_for_good),
		cmocka_unit_test(an_account_that_does_not_exist_has_a_number_of_our_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
