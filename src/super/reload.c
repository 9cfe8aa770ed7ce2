#include "super/reload.h"

#include "base/fd.h"
#include "super/child.h"
#include "super/listwatch.h"
#include "super/signkeys.h"

#include <errno.h>
#include <signal.h>

struct arguments {
	char **v; /* NULL-ended */
	size_t n, cap;
};

static void add(struct arena *a, struct arguments *args, str word)
{
	*arena_push(a, args) = arena_cz(a, word);
}

/* The same check that the administrator runs by hand, so one that passes there loads here. */
static char *const *config_check(struct arena *a, const struct super_source *source)
{
	struct arguments args = { 0 };

	add(a, &args, STR("poterne"));
	add(a, &args, STR("check-config"));
	for (size_t i = 0; i < source->n_sets; i++) {
		add(a, &args, STR("--set"));
		add(a, &args, str_c(source->sets[i]));
	}
	if (source->file)
		add(a, &args, str_c(source->file));
	*arena_push(a, &args) = NULL;
	return args.v;
}

/* Reads the bundle from its standard input; logs certificates that end soon. */
static char *const *certificate_check(struct arena *a, const struct conf *conf)
{
	struct arguments args = { 0 };

	add(a, &args, STR("poterne"));
	add(a, &args, STR("certificate"));
	add(a, &args, STR("--check"));
	add(a, &args, STR("--hostname"));
	add(a, &args, conf->hostname);
	*arena_push(a, &args) = NULL;
	return args.v;
}

/* Reads the bundle from its standard input. */
static char *const *key_check(struct arena *a)
{
	struct arguments args = { 0 };

	add(a, &args, STR("poterne"));
	add(a, &args, STR("key"));
	add(a, &args, STR("check"));
	*arena_push(a, &args) = NULL;
	return args.v;
}

/* Writes the table into its standard input, which is a memory file. */
static char *const *table_maker(struct arena *a, const struct conf *conf)
{
	struct arguments args = { 0 };

	add(a, &args, STR("poterne"));
	add(a, &args, STR("recipients"));
	add(a, &args, STR("compile"));
	add(a, &args, conf->recipients.file);
	*arena_push(a, &args) = NULL;
	return args.v;
}

static int start(struct reload *r, const struct conf *current, char *const *argv, int input,
		 struct why *why)
{
	pid_t pid = child_start_tool(current, "poterne", argv, input, why);

	if (pid < 0)
		return pid;
	r->pid = pid;
	r->until = deadline_in(RELOAD_TOOL_MS);
	return RELOAD_GOES_ON;
}

static int start_table(struct reload *r, const struct conf *current, struct why *why)
{
	const struct conf *conf = r->conf ?: current;

	r->stage = RELOAD_TABLE;
	r->table_stamp = listwatch_recipients_stamp(conf);
	if (r->what == RELOAD_CERTIFICATES || !conf_has_recipients(conf))
		return RELOAD_DONE;
	r->recipients = fd_memfd("recipients", why);
	if (r->recipients < 0)
		return r->recipients;
	return start(r, current, table_maker(r->arena, conf), r->recipients, why);
}

static int start_key_check(struct reload *r, const struct conf *current, struct why *why)
{
	r->stage = RELOAD_KEYS;
	if (!r->conf || !r->conf->dkim.keys.n)
		return start_table(r, current, why);
	return start(r, current, key_check(r->arena), r->keys, why);
}

static int start_certificate_check(struct reload *r, const struct conf *current, struct why *why)
{
	const struct conf *conf = r->conf ?: current;

	r->stage = RELOAD_TLS;
	if (r->certificates.bundle < 0)
		return start_key_check(r, current, why);
	return start(r, current, certificate_check(r->arena, conf), r->certificates.bundle, why);
}

void reload_want(struct reload *r, enum reload_what what)
{
	r->wanted |= what;
}

static int begin(struct reload *r, const struct super_source *source, const struct conf *current,
		 struct why *why)
{
	int e;

	if (r->what == RELOAD_ALL) {
		r->conf = super_read_conf(source, r->arena, why);
		if (!r->conf)
			return -EINVAL;
	}
	if (r->what == RELOAD_RECIPIENTS)
		return start_table(r, current, why);
	e = certificates_load(r->conf ?: current, &r->certificates, why);
	if (e < 0)
		return e;
	if (r->what == RELOAD_ALL)
		e = signkeys_load(r->conf, &r->keys, why);
	if (e < 0)
		return e;
	if (r->what == RELOAD_ALL)
		return start(r, current, config_check(r->arena, source), -1, why);
	return start_certificate_check(r, current, why);
}

enum reload_what reload_next(const struct reload *r)
{
	if (r->what != RELOAD_NOTHING)
		return RELOAD_NOTHING;
	if (r->wanted & RELOAD_ALL)
		return RELOAD_ALL;
	return r->wanted & RELOAD_CERTIFICATES ? RELOAD_CERTIFICATES
					       : r->wanted & RELOAD_RECIPIENTS;
}

int reload_begin(struct reload *r, const struct super_source *source, const struct conf *current,
		 struct why *why)
{
	int e;

	r->what = reload_next(r);
	bug_if(r->what == RELOAD_NOTHING);
	r->wanted = r->what == RELOAD_ALL ? 0 : r->wanted & ~(unsigned)r->what;
	r->stage = RELOAD_CONFIG;
	r->certificates.bundle = r->keys = r->recipients = -1;
	r->arena = arena_new("conf", 16 << 20);
	e = begin(r, source, current, why);
	if (e < 0)
		reload_forget(r);
	return e;
}

static int after_check(struct reload *r, int result, const struct conf *current, struct why *why)
{
	static const char *const names[] = { [RELOAD_CONFIG] = "check-config",
					     [RELOAD_TLS] = "certificate --check",
					     [RELOAD_KEYS] = "key check",
					     [RELOAD_TABLE] = "recipients compile" };

	if (result < 0)
		return result;
	if (result > 0)
		return why_set(why, -EINVAL, "poterne %s says no; its words are above",
			       names[r->stage]);
	if (r->stage == RELOAD_CONFIG)
		return start_certificate_check(r, current, why);
	if (r->stage == RELOAD_TLS)
		return start_key_check(r, current, why);
	if (r->stage == RELOAD_KEYS)
		return start_table(r, current, why);
	result = fd_seal(r->recipients, why);
	return result < 0 ? result : RELOAD_DONE;
}

int reload_ended(struct reload *r, pid_t pid, int status, const struct conf *current,
		 struct why *why)
{
	int e;

	if (r->what == RELOAD_NOTHING || pid != r->pid)
		return RELOAD_OTHER;
	r->pid = 0;
	e = after_check(r, child_tool_result("poterne", status, why), current, why);
	if (e < 0)
		reload_forget(r);
	return e;
}

void reload_hurry(struct reload *r)
{
	if (r->pid > 0 && clock_left(r->until) == 0)
		kill(r->pid, SIGKILL);
}

void reload_forget(struct reload *r)
{
	if (r->pid > 0)
		kill(r->pid, SIGKILL);
	r->pid = 0;
	certificates_close(&r->certificates);
	fd_closep(&r->keys);
	fd_closep(&r->recipients);
	r->arena = arena_free(r->arena);
	r->conf = NULL;
	r->what = RELOAD_NOTHING;
}

int reload_check_certificates(const struct conf *conf, int bundle, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("args", 1 << 16);
	int r;

	if (bundle < 0)
		return 0;
	r = child_run_tool(conf, "poterne", certificate_check(a, conf), bundle, why);
	return r > 0 ? why_set(why, -EINVAL, "the certificates cannot be used; why is above") : r;
}

int reload_check_keys(const struct conf *conf, int bundle, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("args", 1 << 16);
	int r;

	if (!conf->dkim.keys.n)
		return 0;
	r = child_run_tool(conf, "poterne", key_check(a), bundle, why);
	return r > 0 ? why_set(why, -EINVAL, "dkim.keys cannot be used; why is above") : r;
}

int reload_make_recipients(const struct conf *conf, int *ret, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("args", 1 << 16);
	cleanup(fd_closep) int fd = -1;
	int r;

	*ret = -1;
	if (!conf_has_recipients(conf))
		return 0;
	r = fd = fd_memfd("recipients", why);
	if (r >= 0)
		r = child_run_tool(conf, "poterne", table_maker(a, conf), fd, why);
	if (r > 0)
		return why_set(why, -EINVAL, "recipients.file cannot be used; why is above");
	if (r == 0)
		r = fd_seal(fd, why);
	if (r < 0)
		return r;
	*ret = take_fd(fd);
	return 0;
}
