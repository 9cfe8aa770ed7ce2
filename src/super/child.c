#include "super/child.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONTROL_FD = 3, PATH_CAP = 4096 };

unsigned child_audience(enum process what)
{
	static const unsigned audience[PROCESS_COUNT] = {
		[PROCESS_EDGE] = CONF_FOR_EDGE,	  [PROCESS_INSPECT] = CONF_FOR_INSPECT,
		[PROCESS_SCAN] = CONF_FOR_SCAN,	  [PROCESS_DNS] = CONF_FOR_DNS,
		[PROCESS_STORE] = CONF_FOR_STORE, [PROCESS_RELAY] = CONF_FOR_RELAY,
	};

	return audience[what];
}

static void program_path(const struct conf *conf, const char *name, char path[PATH_CAP])
{
	snprintf(path, PATH_CAP, "%.*s/%s", STR_ARG(conf->paths.programs), name);
}

static void signals_to_default(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* After fork, before exec: async-signal-safe calls only. */
__attribute__((noreturn)) static void become(const char *path, int control, char *const argv[])
{
	/* dup2 onto itself would keep FD_CLOEXEC. */
	if (control == CONTROL_FD ? fcntl(control, F_SETFD, 0) < 0 : dup2(control, CONTROL_FD) < 0)
		_exit(127);
	signals_to_default();
	execv(path, argv);
	_exit(127);
}

int child_start(struct child *c, uint64_t id, const struct conf *conf, struct why *why)
{
	char path[PATH_CAP], name[64];
	char *argv[] = { path, NULL };
	struct timeval patience = { .tv_sec = CHILD_SEND_MS / 1000 };
	int fds[2];
	pid_t pid;
	int r;

	snprintf(name, sizeof(name), "poterne-%s", msg_process_name(c->what));
	program_path(conf, name, path);
	if (access(path, X_OK) < 0)
		return why_set(why, -errno, "%s: %m; is paths.programs right?", path);
	r = chan_pair(fds, why);
	if (r < 0)
		return r;
	(void)setsockopt(fds[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	pid = fork();
	if (pid == 0)
		become(path, fds[1], argv);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return why_set(why, -errno, "fork: %m");
	}
	c->id = id;
	c->pid = pid;
	c->ready = false;
	c->control = chan_new(fds[0], PROCESS_SUPERVISOR, c->what);
	c->started_ms = clock_now_ms();
	return 0;
}

void child_died(struct child *c)
{
	int64_t lived = clock_now_ms() - c->started_ms;
	int64_t delay = 0;

	c->control = chan_free(c->control);
	c->pid = 0;
	c->ready = false;
	c->quick_deaths = lived < CHILD_QUICK_MS ? c->quick_deaths + 1 : 0;
	if (c->quick_deaths > 2)
		delay = 50LL << (c->quick_deaths < 9 ? c->quick_deaths : 9);
	c->start_at = deadline_in(delay > CHILD_MAX_DELAY_MS ? CHILD_MAX_DELAY_MS : delay);
}

int child_tell(struct child *c, const struct msg *m, struct why *why)
{
	int r;

	if (!c->control)
		return why_set(why, -EPIPE, "%s is not running", msg_process_name(c->what));
	r = chan_send(c->control, m, why);
	if (r < 0)
		child_kill(c);
	return r;
}

void child_kill(struct child *c)
{
	if (c->pid > 0)
		kill(c->pid, SIGKILL);
}

int child_run_tool(const struct conf *conf, const char *name, char *const argv[], struct why *why)
{
	char path[PATH_CAP];
	int status;
	pid_t pid;

	program_path(conf, name, path);
	pid = fork();
	if (pid < 0)
		return why_set(why, -errno, "fork: %m");
	if (pid == 0) {
		signals_to_default();
		execv(path, argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return why_set(why, -errno, "wait: %m");
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 127)
		return why_set(why, -ENOEXEC, "%s: did not run to its end", path);
	return WEXITSTATUS(status);
}
