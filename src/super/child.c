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

bool child_is_worker(enum process what)
{
	return what == PROCESS_INSPECT || what == PROCESS_IMAGE;
}

bool child_is_needed(enum process what)
{
	return what != PROCESS_MEMORY && what != PROCESS_FETCH;
}

unsigned child_audience(enum process what)
{
	static const unsigned audience[PROCESS_COUNT] = {
		[PROCESS_EDGE] = CONF_FOR_EDGE,	    [PROCESS_INSPECT] = CONF_FOR_INSPECT,
		[PROCESS_SCAN] = CONF_FOR_SCAN,	    [PROCESS_DNS] = CONF_FOR_DNS,
		[PROCESS_STORE] = CONF_FOR_STORE,   [PROCESS_RELAY] = CONF_FOR_RELAY,
		[PROCESS_WEB] = CONF_FOR_WEB,	    [PROCESS_IMAGE] = CONF_FOR_IMAGE,
		[PROCESS_REPORT] = CONF_FOR_REPORT, [PROCESS_KEYS] = CONF_FOR_KEYS,
		[PROCESS_MEMORY] = CONF_FOR_MEMORY, [PROCESS_FETCH] = CONF_FOR_FETCH,
	};

	return audience[what];
}

static void program_path(const struct conf *conf, const char *name, char path[PATH_CAP])
{
	snprintf(path, PATH_CAP, "%.*s/%s", STR_ARG(conf->paths.programs), name);
}

/* What a program of ours may know of our environment: it may hold other programs' secrets,
 * and the loader's variables are not for processes that talk to strangers. */
static const char *const environment[] = { "TZ", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS",
					   "LSAN_OPTIONS" };

struct environment {
	char *v[ARRAY_LEN(environment) + 1];
};

static struct environment choose_environment(void)
{
	struct environment chosen = { 0 };
	size_t n = 0;

	for (char **e = environ; *e; e++) {
		for (size_t i = 0; i < ARRAY_LEN(environment); i++) {
			size_t length = strlen(environment[i]);

			if (n < ARRAY_LEN(environment) &&
			    strncmp(*e, environment[i], length) == 0 && (*e)[length] == '=')
				chosen.v[n++] = *e;
		}
	}
	return chosen;
}

/* After fork, before exec, as everything up to exec: async-signal-safe calls only. */
static void signals_to_default(void)
{
	sigset_t none;

	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Nothing of our terminal (TIOCSTI types into it) nor of whoever started us stays: standard
 * error, for the log, and the control socket are all a process begins with. */
static void leave_terminal(void)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (setsid() < 0 || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
	    close_range(CONTROL_FD + 1, ~0U, 0) < 0)
		_exit(127);
}

__attribute__((noreturn)) static void become(const char *path, int control, char *const argv[],
					     char *const env[])
{
	/* dup2 onto itself would keep FD_CLOEXEC. */
	if (control == CONTROL_FD ? fcntl(control, F_SETFD, 0) < 0 : dup2(control, CONTROL_FD) < 0)
		_exit(127);
	leave_terminal();
	signals_to_default();
	execve(path, argv, env);
	_exit(127);
}

int child_start(struct child *c, uint64_t id, const struct conf *conf, struct why *why)
{
	char path[PATH_CAP], name[64];
	char *argv[] = { path, NULL };
	struct timeval patience = { .tv_sec = CHILD_SEND_MS / 1000 };
	struct environment env = choose_environment();
	int fds[2];
	pid_t pid;
	int r;

	c->started_ms = clock_now_ms();
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
		become(path, fds[1], argv, env.v);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return why_set(why, -errno, "fork: %m");
	}
	c->id = id;
	c->pid = pid;
	c->ready = c->told_stop = false;
	c->control = chan_new(fds[0], PROCESS_SUPERVISOR, c->what);
	return 0;
}

void child_serves(struct child *c)
{
	c->ready = true;
	c->served_ms = clock_now_ms();
}

void child_died(struct child *c)
{
	int64_t lived = clock_now_ms() - c->started_ms;
	int64_t delay = 0;

	c->control = chan_free(c->control);
	c->pid = 0;
	c->ready = false;
	c->failed = true;
	memset(c->lanes_remade, 0, sizeof(c->lanes_remade));
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
	c->control = chan_free(c->control);
}

pid_t child_start_tool(const struct conf *conf, const char *name, char *const argv[], int input,
		       struct why *why)
{
	struct environment env = choose_environment();
	char path[PATH_CAP];
	pid_t pid;

	program_path(conf, name, path);
	pid = fork();
	if (pid < 0)
		return why_set(why, -errno, "fork: %m");
	if (pid == 0) {
		signals_to_default();
		if (input >= 0 && dup2(input, STDIN_FILENO) < 0)
			_exit(127);
		execve(path, argv, env.v);
		_exit(127);
	}
	return pid;
}

int child_tool_result(const char *name, int status, struct why *why)
{
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 127)
		return why_set(why, -ENOEXEC, "%s of paths.programs did not run to its end", name);
	return WEXITSTATUS(status);
}

int child_run_tool(const struct conf *conf, const char *name, char *const argv[], int input,
		   struct why *why)
{
	pid_t pid = child_start_tool(conf, name, argv, input, why);
	int status;

	if (pid < 0)
		return pid;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return why_set(why, -errno, "wait: %m");
	}
	return child_tool_result(name, status, why);
}
