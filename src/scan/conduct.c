#include "scan/conduct.h"

#include "base/fd.h"
#include "dns/dnspatience.h"
#include "inspect/inspect.h"
#include "replay/ruleprint.h"
#include "rules/rules_cache.h"
#include "rules/rules_yara.h"
#include "scan/authevidence.h"
#include "scan/candidate.h"
#include "scan/clientevidence.h"
#include "scan/exporter.h"
#include "scan/fuzzyevidence.h"
#include "scan/fuzzyshare.h"
#include "scan/greylist.h"
#include "scan/rates.h"
#include "scan/reportmail.h"
#include "scan/senderevidence.h"
#include "scan/tasteevidence.h"
#include "scan/urlcheck.h"
#include "scan/urlevidence.h"
#include "sys/metrics.h"

enum { INSPECT_MARGIN_MS = 2000 }; /* a late worker ends itself first; then we do not wait */

/* What workers look for, for bin/poterne_inspect.c: patterns, YARA rules and programs, each behind
 * its length. */
static int compile(struct arena *a, const struct conf *conf, const struct rules *rules, str *ret,
		   struct why *why)
{
	struct strbuf all = strbuf_make(a, SIZE_MAX);
	str parts[3]; /* patterns, YARA, Lua */
	size_t n;
	int r = rules_cache_compile(a, conf, rules, &parts[0], why);

	if (r == 0)
		r = yarascan_begin(why);
	if (r == 0)
		r = rules_yara_compile(a, conf, &parts[1], &n, why);
	if (r == 0)
		r = rules_lua_compile(a, rules, &parts[2], why);
	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		strbuf_le(&all, parts[i].n, 8);
		strbuf_put(&all, parts[i]);
	}
	*ret = strbuf_str(&all);
	return 0;
}

int conduct_load_policy(struct arena *a, const struct conf *conf, struct conduct_policy **ret,
			struct why *why)
{
	struct rules_dirs dirs = rules_dirs_of(a, conf);
	struct conduct_policy *p = arena_make(a, struct conduct_policy);
	struct rules *rules;
	int r;

	r = rules_load(a, &dirs, &rules, why);
	if (r < 0)
		return r;
	*p = (struct conduct_policy){ .arena = a,
				      .conf = conf,
				      .rules = rules,
				      .pattern_set = ruleprint_patterns(rules),
				      .known = impersonation_prepare(a, &conf->domains, rules) };
	r = exporter_check(conf, rules, why);
	if (r == 0)
		r = compile(a, conf, rules, &p->patterns, why);
	if (r < 0) {
		rules_close(rules);
		return r;
	}
	geoevidence_open(&p->geo, a, conf);
	scannerrow_all(a, conf, &p->scanners);
	*ret = p;
	return 0;
}

void conduct_free_policy(struct conduct_policy *p)
{
	if (!p)
		return;
	geoevidence_close(&p->geo);
	candidate_free(p->candidate);
	rules_close(p->rules);
	fd_unmap(&p->fuzzy_map);
	fd_unmap(&p->tastes_map);
	arena_free(p->arena);
}

void conduct_prepare(struct conductor *c)
{
	gate_init(&c->antivirus);
	scannerevidence_gates_init(&c->scanners);
}

static void note_inspection(struct arena *a, struct judgement *j, int r, const struct why *why)
{
	if (r == WORKERS_OK && str_empty(j->facts.error))
		return;
	j->no_worker = r < 0;
	j->inspect_error = r == WORKERS_OK ? j->facts.error : arena_str(a, str_c(why->text));
	evidence_add(a, &j->evidence, STR("INSPECT_FAILED"), j->inspect_error);
}

static void count(const struct judgement *j, size_t size)
{
	metrics_observe(METRIC_scan_message_size, size);
	metrics_observe(METRIC_scan_inspect, j->inspect_us);
	metrics_observe(METRIC_scan_evidence, j->evidence_us);
	metrics_observe(METRIC_scan_judge, j->time_us);
}

static void look_at_images(const struct conductor *c, const struct conduct_policy *p,
			   struct arena *a, deadline d, struct facts *f)
{
	const struct conf *conf = p->conf;
	struct images images = c->images;

	images.generation = p->generation;
	images.patience_ms = conf->image.deadline + INSPECT_MARGIN_MS;
	images_look(&images, c->workers, a, f, conf->inspect.deadline + INSPECT_MARGIN_MS, d);
}

/* What the classifier says of the message, in words for the explanation. key is what the features
 * were made with: a reload may have come between. */
static void ask_classifier(const struct conduct_policy *p, uint64_t key, struct arena *a,
			   const struct envelope *env, struct judgement *j)
{
	const struct model_opinion *o = &j->learned;
	const struct conf *conf = p->conf;
	str text;

	j->learned.silence = MODEL_EMPTY;
	if (!p->model || p->model->key != key || j->inspect_error.n)
		return;
	model_judge(p->model, &j->facts.features, &j->learned);
	if (p->tastes && p->tastes->key == key)
		tasteevidence_collect(p->tastes, a, env, &j->facts.features, &j->learned,
				      &j->evidence);
	if (o->silence != MODEL_SPEAKS)
		return;
	text = arena_fmt(a,
			 "probability %.4f, logit %.2f: header %+.2f, text %+.2f, words %+.2f, "
			 "structure %+.2f",
			 o->probability, o->logit, o->views[FEATURES_HEADER],
			 o->views[FEATURES_TEXT], o->views[FEATURES_WORDS],
			 o->views[FEATURES_STRUCTURE]);
	if (o->probability * 100 >= (double)conf->learn.spam_from)
		evidence_add(a, &j->evidence, STR("BAYES_SPAM"), text);
	else if (o->probability * 100 <= (double)conf->learn.ham_to)
		evidence_add(a, &j->evidence, STR("BAYES_HAM"), text);
}

/* What other gateways learned is asked of mail that is unknown here. */
static void ask_learned(const struct conductor *c, const struct conduct_policy *p, struct arena *a,
			int64_t now, struct judgement *j)
{
	const struct conf *conf = p->conf;

	if (!fuzzyevidence_collect(p->fuzzy, a, &j->facts, conf->learn.fuzzy_keep, now,
				   &j->evidence) &&
	    conf->learn.share)
		fuzzyshare_collect(&c->memory, a, &j->facts, now, &j->evidence);
}

/* What else the worker is to do: for signatures (settle.h), and with reports to us. */
static uint32_t wants_of(const struct conduct_policy *p, const struct envelope *env)
{
	const struct conf *conf = p->conf;
	uint32_t wants = reportmail_wants(conf, env) | scannerevidence_wants(&p->scanners);

	if (conf->role == CONF_ROLE_OUT && conf->dkim.keys.n)
		wants |= INSPECT_WANTS_SIGNING;
	if (conf->role == CONF_ROLE_MX && conf->arc.seal.n)
		wants |= INSPECT_WANTS_SEALING;
	return wants;
}

static void check_envelope(struct authcheck *auth, const struct conf *conf,
			   const struct envelope *env, deadline d, struct judgement *j)
{
	struct dns_question names[CLIENTNAME_QUESTIONS];
	size_t n = clientevidence_questions(auth->arena, env, names);
	deadline soon = clock_sooner(d, deadline_in(conf->dns.timeout));

	senderevidence_prefetch(auth, env, names, n, soon);
	authevidence_envelope(auth, conf, env, soon, &j->auth, &j->evidence);
	clientevidence_collect(auth, env, soon, &j->evidence);
}

static void check_message(struct authcheck *auth, const struct conf *conf,
			  const struct envelope *env, deadline soon, struct judgement *j)
{
	struct dns_question more[SENDEREVIDENCE_QUESTIONS + MXCHECK_QUESTIONS];

	auth->more = more;
	auth->n_more = senderevidence_questions(&j->facts, more);
	if (j->facts.msgid_host.n) {
		mxcheck_questions(j->facts.msgid_host, &more[auth->n_more]);
		auth->n_more += MXCHECK_QUESTIONS;
	}
	authevidence_message(auth, conf, &j->facts, soon, &j->auth, &j->evidence);
	senderevidence_collect(auth, conf, env, &j->facts, &j->auth, soon, &j->evidence);
	clientevidence_message(auth, &j->facts, soon, &j->evidence);
}

/* Who would be put off is asked about only now: it concerns few. */
static void conclude(const struct conductor *c, const struct conduct_policy *p, struct arena *a,
		     const struct envelope *env, int64_t now, struct judgement *j)
{
	struct verdict_options options = verdict_options_of(p->conf, p->known, now);
	int64_t wait_s;

	verdict_judge(a, p->rules, &options, env, &j->facts, &j->evidence, &j->verdict);
	if (j->verdict.action != ACTION_GREYLIST)
		return;
	greylist_ask(&c->memory, a, p->conf, env, &j->facts, &j->auth, now, &wait_s, &j->evidence);
	verdict_judge(a, p->rules, &options, env, &j->facts, &j->evidence, &j->verdict);
	j->verdict.retry_s = wait_s;
}

void conduct_judge(struct conductor *c, const struct conduct_policy *p, struct arena *a,
		   const struct envelope *env, int fd, str message, int64_t now,
		   struct judgement *ret)
{
	const struct conf *conf = p->conf;
	int64_t began = clock_now_us();
	deadline d = deadline_in(conf->scan.deadline), soon;
	struct judgement j = { 0 };
	const struct visit_source nobody = { 0 };
	struct inspection inspection;
	struct scannerevidence scanners;
	struct urlcheck links;
	struct dnspatience patience = { .below = c->dns };
	struct dns_resolver dns = dnspatience_resolver(&patience);
	struct authcheck auth;
	struct rates rates;
	struct why why = { "" };
	bool incoming = conf->role != CONF_ROLE_OUT; /* what leaves is ours: nobody to check */
	int r;

	workers_begin(c->workers, p->generation, env->mid, fd, message, wants_of(p, env),
		      conf->inspect.deadline + INSPECT_MARGIN_MS, d, &inspection);
	scannerevidence_begin(&scanners, &c->scanners, &p->scanners, a, conf->hostname, env,
			      message, d);
	avevidence_collect(&c->antivirus, a, conf, message, d, &j.evidence);
	authcheck_open(&auth, a, &dns, now);
	auth.legacy = c->legacy_auth;
	if (incoming)
		check_envelope(&auth, conf, env, d, &j);
	j.evidence_us = (uint32_t)(clock_now_us() - began);
	r = workers_end(&inspection, a, &j.facts, &why);
	j.inspect_us = (uint32_t)(clock_now_us() - began);
	note_inspection(a, &j, r, &why);
	scannerevidence_files(&scanners, a, &j.facts);
	look_at_images(c, p, a, d, &j.facts);
	urlcheck_begin(&links, incoming ? &c->links : &nobody, a, conf, p->rules, &j.facts, now, d);
	/* One wait for all that the DNS is asked about the message, and a short one when it was
	 * silent before: when it hangs, mail goes on. */
	soon = clock_sooner(d, deadline_in(conf->dns.timeout));
	if (r == WORKERS_OK && incoming)
		check_message(&auth, conf, env, soon, &j);
	avevidence_collect_extracts(&c->antivirus, a, conf, &j.facts, d, &j.evidence);
	scannerevidence_end(&scanners, a, &j.evidence);
	urlcheck_end(&links, c->workers, p->generation, conf->inspect.deadline + INSPECT_MARGIN_MS,
		     d, &j.facts, &j.evidence);
	if (conf->links.resolve && incoming)
		urlevidence_collect(a, &auth.dns, &conf->domains, &j.facts, soon, &j.evidence);
	dnslistevidence_collect(&c->dnslists, a, p->rules, &conf->domains, &dns, env, &j.facts,
				&j.auth, now, soon, &j.evidence);
	if (incoming)
		geoevidence_collect(&p->geo, a, env, &j.facts, &j.evidence);
	if (wants_of(p, env) & INSPECT_WANTS_SEALING && j.facts.signing.material.headers.n)
		evidence_add(a, &j.evidence, STR("ARC_SIGNED"), conf->arc.seal);
	if (r == WORKERS_OK && incoming)
		memoryevidence_collect(&c->memory, a, conf, env, &j.facts, &j.auth, now, &j.memory,
				       &j.evidence);
	rates_collect(&c->memory, a, conf, env, now, &rates, &j.evidence);
	ask_learned(c, p, a, now, &j);
	ask_classifier(p, inspection.question.inspect.features_key, a, env, &j);
	conclude(c, p, a, env, now, &j);
	if (j.verdict.action != ACTION_DEFER && j.verdict.action != ACTION_GREYLIST)
		rates_count(&c->memory, &rates, env, now);
	j.time_us = (uint32_t)(clock_now_us() - began);
	count(&j, message.n);
	*ret = j;
}
