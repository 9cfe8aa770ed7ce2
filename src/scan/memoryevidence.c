#include "scan/memoryevidence.h"

enum { DAY_S = 24 * 3600 };

enum band { BAND_NONE, BAND_WHITE, BAND_NEUTRAL, BAND_GREY, BAND_BLACK };
enum family { FAMILY_IP, FAMILY_DOMAIN, FAMILY_SIGNER, FAMILY_URL };

static const str reputation[][BAND_BLACK + 1] = {
	[FAMILY_IP] = { [BAND_WHITE] = STR("IP_REPUTATION_WHITE"),
			[BAND_NEUTRAL] = STR("IP_REPUTATION_NEUTRAL"),
			[BAND_GREY] = STR("IP_REPUTATION_GREY"),
			[BAND_BLACK] = STR("IP_REPUTATION_BLACK") },
	[FAMILY_DOMAIN] = { [BAND_WHITE] = STR("DOMAIN_REPUTATION_WHITE"),
			    [BAND_NEUTRAL] = STR("DOMAIN_REPUTATION_NEUTRAL"),
			    [BAND_GREY] = STR("DOMAIN_REPUTATION_GREY"),
			    [BAND_BLACK] = STR("DOMAIN_REPUTATION_BLACK") },
	[FAMILY_SIGNER] = { [BAND_WHITE] = STR("SIGNER_REPUTATION_WHITE"),
			    [BAND_NEUTRAL] = STR("SIGNER_REPUTATION_NEUTRAL"),
			    [BAND_GREY] = STR("SIGNER_REPUTATION_GREY"),
			    [BAND_BLACK] = STR("SIGNER_REPUTATION_BLACK") },
	[FAMILY_URL] = { [BAND_WHITE] = STR("URL_REPUTATION_WHITE"),
			 [BAND_NEUTRAL] = STR("URL_REPUTATION_NEUTRAL"),
			 [BAND_GREY] = STR("URL_REPUTATION_GREY"),
			 [BAND_BLACK] = STR("URL_REPUTATION_BLACK") },
};

/* Between a few good ones and many bad ones: by the share of the bad. */
static enum band band_of(const struct memory_fact *f)
{
	double n = f->good + f->bad;

	if (n < MEMORYEVIDENCE_SAMPLES)
		return BAND_NONE;
	if (f->bad >= 0.8 * n)
		return BAND_BLACK;
	if (f->bad >= 0.4 * n)
		return BAND_GREY;
	return f->bad <= 0.05 * n ? BAND_WHITE : BAND_NEUTRAL;
}

static const struct memory_fact *fact_of(const struct memoryevidence *m, enum memory_kind kind)
{
	static const struct memory_fact nothing;

	for (size_t i = 0; i < m->names.n; i++) {
		if (m->names.v[i].kind == kind)
			return &m->facts[i];
	}
	return &nothing;
}

static void say(struct arena *a, struct evidence *e, enum family family, enum band band,
		const struct memory_name *name, const struct memory_fact *f)
{
	evidence_add(
		a, e, reputation[family][band],
		arena_fmt(a, "%.*s: good %.1f, bad %.1f", STR_ARG(name->text), f->good, f->bad));
}

/* The worst of that kind speaks; the best only when nothing is unknown beside it: whoever wants to
 * look good could else add a link to a good place. */
static void judge_kind(struct arena *a, const struct memoryevidence *m, enum memory_kind kind,
		       enum family family, struct evidence *e)
{
	enum band worst = BAND_NONE;
	bool unknown = false;
	size_t at = 0;

	for (size_t i = 0; i < m->names.n; i++) {
		enum band band = band_of(&m->facts[i]);

		if (m->names.v[i].kind != kind)
			continue;
		unknown |= band == BAND_NONE;
		if (band > worst) {
			worst = band;
			at = i;
		}
	}
	if (worst == BAND_NONE || (worst == BAND_WHITE && unknown))
		return;
	say(a, e, family, worst, &m->names.v[at], &m->facts[at]);
}

/* Of an address that is hardly known its network says more. */
static void judge_client(struct arena *a, const struct memoryevidence *m, struct evidence *e)
{
	const struct memory_fact *client = fact_of(m, MEMORY_CLIENT);

	judge_kind(a, m, band_of(client) == BAND_NONE ? MEMORY_NETWORK : MEMORY_CLIENT, FAMILY_IP,
		   e);
}

static bool knows(const struct memoryevidence *m, enum memory_kind kind)
{
	for (size_t i = 0; i < m->names.n; i++) {
		if (m->names.v[i].kind == kind && m->facts[i].last_seen)
			return true;
	}
	return false;
}

static void judge_thread(struct arena *a, const struct memoryevidence *m, struct evidence *e)
{
	str author = m->names.author.mailbox;

	if (knows(m, MEMORY_SENT))
		evidence_add(a, e, STR("REPLY"), author);
	if (!m->names.author.authenticated) {
		/* Asked about only when nothing speaks against it. */
		if (knows(m, MEMORY_PAIR) || knows(m, MEMORY_CORRESPONDENT))
			evidence_add(a, e, STR("KNOWN_UNCONFIRMED"), author);
		return;
	}
	if (knows(m, MEMORY_PAIR))
		evidence_add(a, e, STR("KNOWN_CORRESPONDENT"), author);
	else if (knows(m, MEMORY_CORRESPONDENT))
		evidence_add(a, e, STR("KNOWN_ELSEWHERE"), author);
}

/* Whoever was not here in the first days is no stranger yet; a notification has no author. */
static void judge_first(struct arena *a, const struct memoryevidence *m, const struct envelope *env,
			int64_t now, struct evidence *e)
{
	const struct memory_fact *mail = fact_of(m, MEMORY_MAIL);
	const struct memory_fact *domain = fact_of(m, MEMORY_AUTHOR_DOMAIN);
	const struct memorynames_author *x = &m->names.author;

	if (!mail->first_seen || now - mail->first_seen < (int64_t)MEMORYEVIDENCE_DAYS * DAY_S ||
	    mail->good < MEMORYEVIDENCE_MAILS || !x->mailbox.n || !env->reverse_path.n)
		return;
	if (knows(m, MEMORY_AUTHOR) || knows(m, MEMORY_CORRESPONDENT))
		return;
	evidence_add(a, e, STR("FIRST_CONTACT"), x->mailbox);
	/* A domain that only sent what was held is none we know. */
	if (!knows(m, MEMORY_AUTHOR_DOMAIN) || domain->good < domain->bad)
		evidence_add(a, e, STR("FIRST_CONTACT_DOMAIN"), x->domain);
}

void memoryevidence_collect(const struct memory *m, struct arena *a, const struct conf *conf,
			    const struct envelope *env, const struct facts *f,
			    const struct auth_results *auth, int64_t now,
			    struct memoryevidence *ret, struct evidence *e)
{
	struct why why;

	memorynames_incoming(a, conf, env, f, auth, &ret->names);
	if (memory_recall(m, a, ret->names.v, ret->names.n, now, deadline_in(MEMORY_MS), ret->facts,
			  &why) < 0)
		return;
	judge_client(a, ret, e);
	judge_kind(a, ret, MEMORY_AUTHOR_DOMAIN, FAMILY_DOMAIN, e);
	judge_kind(a, ret, MEMORY_SIGNER, FAMILY_SIGNER, e);
	judge_kind(a, ret, MEMORY_URL_HOST, FAMILY_URL, e);
	judge_thread(a, ret, e);
	judge_first(a, ret, env, now, e);
}

/* --- what is learned */

enum opinion { OPINION_NONE, OPINION_GOOD, OPINION_BAD };

static bool has(const struct evidence *e, str name)
{
	for (size_t i = 0; i < e->symbols.n; i++) {
		if (str_eq(e->symbols.v[i].name, name))
			return true;
	}
	return false;
}

/* What the message is without what is remembered of its like. Content that is forbidden says
 * nothing of its sender; a score in the middle says nothing at all, nor does one that lessons of
 * the recipient's own have moved: all others would be judged by his taste. */
static enum opinion opinion_of(const struct verdict *v, const struct evidence *e, bool delivered)
{
	int64_t score = v->score;

	for (size_t i = 0; i < v->symbols.n; i++) {
		if (str_eq(v->symbols.v[i].rule->group, STR("memory")))
			score -= v->symbols.v[i].score;
	}
	if (has(e, STR("VIRUS_FOUND")))
		return OPINION_BAD;
	if (has(e, STR("TASTE_SPAM")) || has(e, STR("TASTE_HAM")))
		return OPINION_NONE;
	if (score >= v->quarantine)
		return OPINION_BAD;
	return delivered && !v->decision && !v->temporary && score < v->tag / 2 ? OPINION_GOOD
										: OPINION_NONE;
}

/* Mail that is delivered makes its author known. What is held counts against all there is; what
 * is fine for all but links, for which only an authenticated author vouches. */
static bool change_of(const struct memorynames *m, const struct memory_name *name,
		      enum opinion opinion, bool delivered, struct memory_change *ret)
{
	bool good = opinion == OPINION_GOOD, bad = opinion == OPINION_BAD;

	*ret = (struct memory_change){ .name = *name, .good = good, .bad = bad };
	switch (name->kind) {
	case MEMORY_MAIL:
		*ret = (struct memory_change){ .name = *name, .good = 1 };
		return true;
	case MEMORY_SOURCE:
		ret->good = 1;
		ret->bad = 0;
		return good || bad;
	case MEMORY_AUTHOR:
		return delivered;
	case MEMORY_AUTHOR_DOMAIN:
		return delivered || bad;
	case MEMORY_CLIENT:
	case MEMORY_NETWORK:
	case MEMORY_SIGNER:
		return good || bad;
	case MEMORY_URL_HOST:
		return bad || (good && m->author.authenticated);
	default:
		return false;
	}
}

void memoryevidence_learn(const struct memory *m, const struct envelope *env,
			  const struct memoryevidence *asked, const struct evidence *e,
			  const struct verdict *v, bool delivered, int64_t now)
{
	const struct memory_fact *source = fact_of(asked, MEMORY_SOURCE);
	enum opinion opinion = opinion_of(v, e, delivered);
	struct memory_change changes[MEMORY_MAX_NAMES];
	struct why why;
	size_t n = 0;

	/* A notification comes from whoever was written to in our name: it says nothing of him. */
	if (!env->reverse_path.n || source->good >= MEMORYEVIDENCE_HOURLY)
		opinion = OPINION_NONE;
	for (size_t i = 0; i < asked->names.n; i++)
		n += change_of(&asked->names, &asked->names.v[i], opinion,
			       delivered && env->reverse_path.n, &changes[n]);
	defs_ignore(memory_note(m, changes, n, now, &why)); /* lost: one message is not counted */
}

/* --- what we send */

/* What a program answers by itself (RFC 3834 5, RFC 2076 3.9) makes nobody a correspondent: anybody
 * could ask for it. */
static bool is_automatic(const struct envelope *env, const struct facts *f)
{
	const struct facts_header *submitted = facts_header(f, STR("Auto-Submitted"));
	const struct facts_header *precedence = facts_header(f, STR("Precedence"));

	return !env->reverse_path.n ||
	       (submitted && !str_casestarts(str_trim(submitted->value), STR("no"))) ||
	       (precedence && (str_casefind(precedence->value, STR("bulk")) != STR_NONE ||
			       str_casefind(precedence->value, STR("auto_reply")) != STR_NONE));
}

/* The author, as he will be answered; else the envelope's sender. */
static str our_mailbox(struct arena *a, const struct envelope *env, const struct facts *f)
{
	for (size_t i = 0; i < f->addresses.n; i++) {
		const struct facts_address *x = &f->addresses.v[i];

		if (x->where == FACTS_FROM && x->local.n)
			return arena_fmt(a, "%.*s@%.*s", STR_ARG(x->local), STR_ARG(x->domain));
	}
	return env->reverse_path;
}

void memoryevidence_sent(const struct memory *m, struct arena *a, const struct conf *conf,
			 const struct envelope *env, const struct facts *f, int64_t now)
{
	const struct facts_header *h = facts_header(f, STR("Message-ID"));
	struct memory_change changes[MEMORY_MAX_NAMES];
	str rest = h ? h->value : STR(""), id = STR(""), ours = our_mailbox(a, env, f);
	struct why why;
	size_t n = 0;
	bool known = memorynames_next_id(&rest, &id);

	if (is_automatic(env, f) || env->n_recipients > MEMORYEVIDENCE_CORRESPONDENTS)
		return;
	for (size_t i = 0; i < env->n_recipients; i++) {
		str theirs = env->recipients[i];

		if (conf_is_own_domain(conf, memorynames_domain(theirs)))
			continue;
		if (n + 3 > MEMORY_MAX_NAMES) {
			defs_ignore(memory_note(m, changes, n, now, &why));
			n = 0;
		}
		changes[n++] = (struct memory_change){ .name = { MEMORY_CORRESPONDENT, theirs },
						       .good = 1 };
		changes[n++] = (struct memory_change){
			.name = { MEMORY_PAIR, memorynames_pair(a, ours, theirs) }, .good = 1
		};
		if (known)
			changes[n++] = (struct memory_change){
				.name = { MEMORY_SENT, memorynames_sent(a, theirs, id) }, .good = 1
			};
	}
	defs_ignore(memory_note(m, changes, n, now, &why)); /* lost: an answer is a first contact */
}
