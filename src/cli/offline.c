#include "cli/offline.h"

#include "base/fd.h"
#include "cli/dnssource.h"
#include "cli/localworkers.h"
#include "learn/fuzzystore.h"
#include "learn/learnstate.h"
#include "learn/tastestate.h"
#include "memory/memorystore.h"

#include <errno.h>
#include <unistd.h>

struct offline {
	struct arena *arena, *conf_arena;
	struct conductor conductor;
	struct conduct_policy *policy;
	struct localworkers *local;
	struct model model;
	struct memorystore *memory; /* or NULL */
	str model_map;
	struct fuzzytable fuzzy;
	struct tastetable tastes;
};

int offline_start(const struct super_source *source, const char *dns_file, str zone, size_t jobs,
		  struct offline **ret, struct why *why)
{
	struct arena *a = arena_new("offline", 1 << 30);
	struct offline *o = arena_make(a, struct offline);
	struct conf *conf;
	int r;

	o->arena = a;
	o->conf_arena = arena_new("conf", 1 << 30);
	conf = super_read_conf(source, o->conf_arena, why);
	r = conf ? conduct_load_policy(conf->arena, conf, &o->policy, why) : -1;
	conduct_prepare(&o->conductor);
	if (r == 0)
		r = dnssource_open(a, conf, dns_file, zone, &o->conductor.dns, why);
	if (r == 0)
		r = localworkers_start(conf, jobs, &o->local, &o->conductor.workers,
				       &o->conductor.images, why);
	if (r == 0)
		r = workers_set_patterns(o->conductor.workers, o->policy->patterns,
					 &o->policy->generation, why);
	*ret = o;
	if (r < 0)
		offline_stop(o);
	return r;
}

void offline_follow_links(struct offline *o,
			  struct visit_source (*source)(struct arena *a, struct dns_resolver dns))
{
	o->conductor.links = source(o->arena, o->conductor.dns);
}

void offline_allow_legacy(struct offline *o)
{
	o->conductor.legacy_auth = true;
}

const struct conf *offline_conf(const struct offline *o)
{
	return o->policy->conf;
}

const struct rules *offline_rules(const struct offline *o)
{
	return o->policy->rules;
}

void offline_stop(struct offline *o)
{
	if (o->local)
		localworkers_stop(o->local);
	o->conductor.workers = workers_free(o->conductor.workers);
	fd_unmap(&o->model_map);
	memorystore_close(o->memory);
	if (o->policy)
		conduct_free_policy(o->policy); /* and conf_arena, which is its own */
	else
		arena_free(o->conf_arena);
	arena_free(o->arena);
}

static int sealed_copy(str message, struct why *why)
{
	cleanup(fd_closep) int fd = fd_memfd("message", why);
	int r = fd < 0 ? fd : fd_write_all(fd, message, why);

	if (r == 0)
		r = fd_seal(fd, why);
	return r < 0 ? r : take_fd(fd);
}

int offline_judge(struct offline *o, struct arena *a, const struct envelope *env, str message,
		  int64_t now, struct judgement *ret, struct why *why)
{
	cleanup(fd_closep) int fd = sealed_copy(message, why);

	if (fd < 0)
		return fd;
	conduct_judge(&o->conductor, o->policy, a, env, fd, message, now, ret);
	return 0;
}

void offline_look_at_images(struct offline *o, struct arena *a, struct facts *facts)
{
	const struct conf *conf = o->policy->conf;
	struct images images = o->conductor.images;

	images.generation = o->policy->generation;
	images.patience_ms = conf->image.deadline;
	images_look(&images, o->conductor.workers, a, facts, conf->inspect.deadline,
		    deadline_in(conf->scan.deadline));
}

static bool holds(const char *dir, const char *name)
{
	cleanup(arena_freep) struct arena *a = arena_new("path", 64 << 10);

	return access(arena_fmt(a, "%s/%s", dir, name).p, F_OK) == 0;
}

int offline_check_state(const char *dir, struct why *why)
{
	if (holds(dir, "classifier"))
		return why_set(why, -EINVAL,
			       "%s: this is a gateway's whole state; what was learned is in "
			       "%s/classifier, what is remembered (--memory) in %s/memory",
			       dir, dir, dir);
	if (!holds(dir, "examples") && !holds(dir, "model") && !holds(dir, "fuzzy") &&
	    !holds(dir, "tastes"))
		return why_set(why, -ENOENT,
			       "%s: nothing was learned there; it is filled by poterne learn "
			       "--state %s",
			       dir, dir);
	return 0;
}

static int use_tastes(struct offline *o, const char *dir, struct why *why)
{
	int r = tastestate_load(dir, &o->policy->tastes_map, &o->tastes, why);

	if (r == STATEDIR_OK)
		o->policy->tastes = &o->tastes;
	return r == STATEDIR_E_ABSENT ? 0 : r;
}

/* Without a model, or with a damaged one, the judgement is made without it. */
int offline_use_model(struct offline *o, const char *dir, struct why *why)
{
	int r = learnstate_load(dir, &o->model_map, &o->model, why);

	if (r != STATEDIR_OK)
		return r;
	o->policy->model = &o->model;
	workers_set_features_key(o->conductor.workers, o->model.key);
	return use_tastes(o, dir, why);
}

int offline_use_fuzzy(struct offline *o, const char *dir, struct why *why)
{
	int r = fuzzystore_load(dir, &o->policy->fuzzy_map, &o->fuzzy, why);

	if (r == STATEDIR_OK)
		o->policy->fuzzy = &o->fuzzy;
	return r;
}

int offline_use_memory(struct offline *o, const char *dir, struct why *why)
{
	const char *path = arena_fmt(o->arena, "%s/memory.db", dir).p;
	struct memory_limits l = memory_limits_of(o->policy->conf);
	int r;

	if (access(path, F_OK) < 0)
		return why_set(why, -errno, "%s: %m; expected the directory memory of paths.state",
			       path);
	r = memorystore_open(path, &l, &o->memory, why);
	if (r < 0)
		return r;
	o->conductor.memory = memorystore_memory(o->memory);
	o->conductor.memory.note = NULL; /* it is the gateway's */
	return 0;
}

void offline_want_features(struct offline *o, uint64_t key)
{
	workers_set_features_key(o->conductor.workers, key);
}

int offline_inspect(struct offline *o, struct arena *a, str message, uint32_t wants,
		    struct facts *ret, struct why *why)
{
	const struct conf *conf = o->policy->conf;
	cleanup(fd_closep) int fd = sealed_copy(message, why);
	struct facts facts = { 0 };
	struct inspection in;
	int r;

	if (fd < 0)
		return fd;
	workers_begin(o->conductor.workers, o->policy->generation, STR("file"), fd, message, wants,
		      conf->inspect.deadline, deadline_in(conf->scan.deadline), &in);
	r = workers_end(&in, a, &facts, why);
	if (r < 0)
		return r;
	if (r == WORKERS_E_FAILED)
		facts = (struct facts){ .error = arena_str(a, str_c(why->text)) };
	*ret = facts;
	return 0;
}
