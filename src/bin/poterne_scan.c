/* bin/poterne_scan.c - the conductor: asks inspect, DNS and antivirus; judges; answers. */
#include "base/fd.h"
#include "base/log.h"
#include "conf/feedrow.h"
#include "dns/dnscache.h"
#include "dns/dnsclient.h"
#include "memory/memorylane.h"
#include "scan/candidate.h"
#include "scan/fuzzyshare.h"
#include "scan/intake.h"
#include "scan/visitlanes.h"
#include "sys/proc.h"
#include "sys/sandbox.h"

#include <stdlib.h>

enum { CONF_BUDGET = 1 << 30, OPEN_FILES = 8192, DNS_CACHE_BYTES = 8 << 20 };

struct scan {
	struct proc *proc;
	struct lanes *dns, *store, *relay, *images, *keys, *memory, *fetch;
	struct workers *workers;
	struct dnscache_over dns_cache; /* what has been asked lately costs no question */
	struct intake *intake;
	const struct fuzzytable *fuzzy; /* of the policy in use, or NULL */
};

static void on_lane(void *ctx, enum process peer, bool serve, int fd, uint64_t id)
{
	struct scan *s = ctx;
	struct why why;

	if (peer == PROCESS_INSPECT)
		workers_add(s->workers, fd, id);
	else if (peer == PROCESS_IMAGE)
		lanes_add(s->images, fd, id);
	else if (peer == PROCESS_DNS)
		lanes_add(s->dns, fd, id);
	else if (peer == PROCESS_STORE)
		lanes_add(s->store, fd, id);
	else if (peer == PROCESS_RELAY)
		lanes_add(s->relay, fd, id);
	else if (peer == PROCESS_MEMORY)
		lanes_add(s->memory, fd, id);
	else if (peer == PROCESS_KEYS)
		lanes_add(s->keys, fd, id);
	else if (peer == PROCESS_FETCH)
		lanes_add(s->fetch, fd, id);
	else if (serve &&
		 lanes_serve(fd, PROCESS_SCAN, PROCESS_EDGE, intake_answer, s->intake, &why) < 0)
		log_event("lane.failed", F_C("why", why.text));
}

static void on_kill(void *ctx, uint64_t id, const char *why)
{
	proc_kill_worker(((struct scan *)ctx)->proc, id, why);
}

/* Without a model, or with a damaged one, messages are judged without it. */
static void load_model(struct proc *proc, struct conduct_policy *p)
{
	cleanup(fd_closep) int fd = proc_take_resource(proc, "classifier", NULL);
	struct model *m = arena_make(p->arena, struct model);
	struct why why;
	str bytes;

	if (fd < 0)
		return;
	if (fd_read_all(fd, p->arena, 2 * MODEL_BYTES, &bytes, &why) < 0)
		log_event("classifier.broken", F_C("why", why.text));
	else if (!model_decode(bytes, m))
		log_event("classifier.broken", F_C("why", "the file is damaged"));
	else
		p->model = m;
	if (p->model)
		log_event("classifier.loaded", F_INT("ham", m->good), F_INT("spam", m->bad));
}

/* The same of what was learned of digests. */
static void load_fuzzy(struct proc *proc, struct conduct_policy *p)
{
	cleanup(fd_closep) int fd = proc_take_resource(proc, "fuzzy", NULL);
	struct fuzzytable *t = arena_make(p->arena, struct fuzzytable);
	struct why why;

	if (fd < 0)
		return;
	if (fd_map(fd, FUZZYTABLE_MAX_BYTES, &p->fuzzy_map, &why) < 0)
		log_event("fuzzy.broken", F_C("why", why.text));
	else if (!fuzzytable_decode(p->fuzzy_map, t))
		log_event("fuzzy.broken", F_C("why", "the file is damaged"));
	else
		p->fuzzy = t;
	if (p->fuzzy)
		log_event("fuzzy.loaded", F_INT("digests", t->n));
}

/* The same of what single recipients taught. */
static void load_tastes(struct proc *proc, struct conduct_policy *p)
{
	cleanup(fd_closep) int fd = proc_take_resource(proc, "tastes", NULL);
	struct tastetable *t = arena_make(p->arena, struct tastetable);
	struct why why;

	if (fd < 0)
		return;
	if (fd_map(fd, TASTETABLE_MAX_BYTES, &p->tastes_map, &why) < 0)
		log_event("tastes.broken", F_C("why", why.text));
	else if (!tastetable_decode(p->tastes_map, t))
		log_event("tastes.broken", F_C("why", "the file is damaged"));
	else
		p->tastes = t;
	if (p->tastes)
		log_event("tastes.loaded", F_INT("recipients", t->n_people),
			  F_INT("lessons", t->n_lessons));
}

/* The site said it twice, and not the same: the change made at run time is followed. */
static void tell_overruled(const struct rules *rules)
{
	for (size_t i = 0; i < rules->overruled.n; i++) {
		const struct rules_overruled *o = &rules->overruled.v[i];

		log_event("rules.overruled", F_STR("symbol", o->symbol->name),
			  F_STR("property", o->property), F_C("file", o->file));
	}
}

/* One that was never fetched, or is damaged: the others count. */
static void tell_feeds(const struct rules *rules)
{
	for (size_t i = 0; i < rules->feeds_left_out.n; i++)
		log_event("feed.not_read", F_C("file", rules->feeds_left_out.v[i]));
}

/* Rules that are tried. Whatever is wrong with them is told, and mail goes on without. */
static void load_candidate(struct conduct_policy *p)
{
	struct candidate *c;
	struct why why;
	int r = candidate_load(p->conf, p->rules, &c, &why);

	metrics_set(METRIC_scan_candidate_broken, r < 0);
	if (r < 0)
		log_event("candidate.refused", F_C("why", why.text));
	if (!c)
		return;
	p->candidate = c;
	p->patterns = candidate_with_patterns(c, p->patterns);
	log_event("candidate.loaded", F_INT("symbols", c->rules->symbols.n),
		  F_INT("patterns", c->rules->patterns.n));
	for (size_t i = 0; i < c->side.unseen.n; i++)
		log_event("candidate.not_run", F_STR("symbol", c->side.unseen.v[i]->name));
}

/* Configuration, rules and what was learned in one arena of their own. */
static int load(struct proc *proc, str text, struct conduct_policy **ret, struct why *why)
{
	struct arena *a = arena_new("policy", CONF_BUDGET);
	struct conf *conf = conf_new_default(a);
	int r = conf_text_decode(conf, text, why);

	if (r == 0)
		r = conduct_load_policy(a, conf, ret, why);
	if (r < 0) {
		arena_free(a);
		return r;
	}
	load_candidate(*ret);
	load_model(proc, *ret);
	load_fuzzy(proc, *ret);
	load_tastes(proc, *ret);
	tell_feeds((*ret)->rules);
	tell_overruled((*ret)->rules);
	return 0;
}

static void use_model(struct scan *s, const struct conduct_policy *p)
{
	workers_set_features_key(s->workers, p->model ? p->model->key : 0);
	s->fuzzy = p->fuzzy;
}

/* What was learned between two reloads is told to other gateways; the policy before is in use
 * still. */
static void share(struct scan *s, const struct conduct_policy *fresh)
{
	cleanup(arena_freep) struct arena *a = arena_new("share", 16 << 20);
	struct memory memory = memorylane_over(s->memory);

	if (fresh->conf->learn.share)
		fuzzyshare_publish(&memory, a, s->fuzzy, fresh->fuzzy, clock_wall());
}

static void on_reload(void *ctx, str text)
{
	struct scan *s = ctx;
	struct conduct_policy *fresh;
	struct why why;
	int r = load(s->proc, text, &fresh, &why);

	if (r == 0) {
		r = workers_set_patterns(s->workers, fresh->patterns, &fresh->generation, &why);
		if (r < 0)
			conduct_free_policy(fresh);
	}
	if (r < 0) {
		log_event("reload.refused", F_C("why", why.text));
		return;
	}
	share(s, fresh);
	use_model(s, fresh);
	intake_set_policy(s->intake, fresh);
	dnscache_clear(s->dns_cache.cache);
	log_event("reload.rules", F_INT("symbols", fresh->rules->symbols.n));
}

__attribute__((noreturn)) static void fail(const char *why)
{
	log_event("process.failed", F_C("why", why));
	exit(1);
}

int main(void)
{
	struct scan s = { .proc = proc_enter(PROCESS_SCAN) };
	struct proc_handlers handlers = { &s, on_lane, on_reload, NULL };
	struct conduct_policy *policy;
	struct conductor conductor;
	struct why why;

	if (load(s.proc, proc_config(s.proc), &policy, &why) < 0)
		fail(why.text);
	const struct conf *conf = policy->conf;
	struct arena *a = arena_new("paths", 1 << 20);
	size_t n = 4;

	_Static_assert(4 + 3 + GEOEVIDENCE_FILES < SANDBOX_MAX_PATHS, "and NULL at the end");
	struct sandbox_spec spec = {
		.user = arena_cz(a, conf->users.scan),
		.rights = SANDBOX_THREADS | SANDBOX_FILES | SANDBOX_CONNECT,
		.read_paths = { arena_cz(a, conf->paths.rules), arena_cz(a, conf->paths.lists),
				arena_cz(a, conf_compiled_dir(conf, a)), feedrow_home(a, conf).p },
		.open_files = OPEN_FILES,
	};

	if (conf->paths.overlay.n)
		spec.read_paths[n++] = arena_cz(a, conf->paths.overlay);
	if (conf->paths.candidate.n)
		spec.read_paths[n++] = arena_cz(a, conf->paths.candidate);
	if (conf->paths.site_lists.n)
		spec.read_paths[n++] = arena_cz(a, conf->paths.site_lists);
	for (size_t i = 0; i < conf->asn.databases.n && i < GEOEVIDENCE_FILES; i++)
		spec.read_paths[n++] = arena_cz(a, conf->asn.databases.v[i]);
	if (sandbox_enter(&spec, &why) < 0)
		fail(why.text);
	s.workers = workers_new((struct workers_host){ &s, on_kill });
	s.images = lanes_new(PROCESS_SCAN, PROCESS_IMAGE);
	s.dns = lanes_new(PROCESS_SCAN, PROCESS_DNS);
	s.store = lanes_new(PROCESS_SCAN, PROCESS_STORE);
	s.relay = lanes_new(PROCESS_SCAN, PROCESS_RELAY);
	s.keys = lanes_new(PROCESS_SCAN, PROCESS_KEYS);
	s.memory = lanes_new(PROCESS_SCAN, PROCESS_MEMORY);
	lanes_on_lost(s.memory, proc_lane_lost, s.proc);
	s.fetch = lanes_new(PROCESS_SCAN, PROCESS_FETCH);
	lanes_on_lost(s.fetch, proc_lane_lost, s.proc);
	lanes_on_lost(s.keys, proc_lane_lost, s.proc);
	lanes_on_lost(s.relay, proc_lane_lost, s.proc);
	lanes_on_lost(s.dns, proc_lane_lost, s.proc);
	lanes_on_lost(s.store, proc_lane_lost, s.proc);
	if (workers_set_patterns(s.workers, policy->patterns, &policy->generation, &why) < 0)
		fail(why.text);
	use_model(&s, policy);
	s.dns_cache = (struct dnscache_over){ dnscache_new(DNS_CACHE_BYTES),
					      dnsclient_resolver(s.dns), METRIC_scan_dns_cached };
	conductor = (struct conductor){ .workers = s.workers,
					.images = { .lanes = s.images, .host = { &s, on_kill } },
					.dns = dnscache_resolver(&s.dns_cache),
					.memory = memorylane_over(s.memory),
					.links = visitlanes_source(s.fetch) };
	s.intake = intake_new(conductor, s.store, s.relay, s.fetch, signer_over(s.keys), policy);
	proc_run(s.proc, &handlers);
}
