#include "scan/memorynames.h"

#include "scan/senderevidence.h"

enum { ID_MAX = 300 };

str memorynames_domain(str address)
{
	size_t at = str_rchr(address, '@');

	return at == STR_NONE ? STR("") : str_skip(address, at + 1);
}

static void put(struct memorynames *m, enum memory_kind kind, str text)
{
	struct memory_name name = { kind, text };

	if (m->n == MEMORY_MAX_NAMES || text.n > MEMORY_MAX_TEXT)
		return;
	for (size_t i = 0; i < m->n; i++) {
		if (m->v[i].kind == kind && str_caseeq(m->v[i].text, text))
			return;
	}
	m->v[m->n++] = name;
}

str memorynames_sent(struct arena *a, str mailbox, str id)
{
	return arena_fmt(a, "%.*s %.*s", STR_ARG(mailbox), STR_ARG(id));
}

str memorynames_pair(struct arena *a, str ours, str theirs)
{
	return arena_fmt(a, "%.*s %.*s", STR_ARG(ours), STR_ARG(theirs));
}

bool memorynames_next_id(str *rest, str *ret)
{
	for (;;) {
		size_t open = str_chr(*rest, '<'), close;

		if (open == STR_NONE)
			return false;
		*rest = str_skip(*rest, open);
		close = str_chr(*rest, '>');
		if (close == STR_NONE)
			return false;
		*ret = str_sub(*rest, 0, close + 1);
		*rest = str_skip(*rest, close + 1);
		if (ret->n > 2 && ret->n <= ID_MAX)
			return true;
	}
}

/* --- the author */

static bool is_signed_by(const struct auth_results *auth, str domain)
{
	for (size_t i = 0; i < auth->n_dkim; i++) {
		const struct dkim_result *r = &auth->dkim[i];

		if (r->result == AUTH_PASS && !r->uncovered &&
		    senderevidence_aligned(r->domain, domain))
			return true;
	}
	return false;
}

static bool is_sent_by(const struct auth_results *auth, const struct envelope *env, str domain)
{
	return auth->spf.result == SPFCHECK_PASS && env->reverse_path.n &&
	       senderevidence_aligned(memorynames_domain(env->reverse_path), domain);
}

/* Where the domain has a policy, its result counts; where it has none, what is aligned. */
static bool is_authenticated(const struct auth_results *auth, const struct envelope *env,
			     str domain)
{
	if (auth->dmarc.result != AUTH_NONE || auth->dmarc.bad_from)
		return auth->dmarc.result == AUTH_PASS;
	return is_signed_by(auth, domain) || is_sent_by(auth, env, domain);
}

static bool is_plausible(const struct auth_results *auth, const struct envelope *env, str mailbox)
{
	return str_caseeq(env->reverse_path, mailbox) && auth->dmarc.result == AUTH_NONE &&
	       !auth->dmarc.bad_from &&
	       (auth->spf.result == SPFCHECK_NONE || auth->spf.result == SPFCHECK_NEUTRAL);
}

static struct memorynames_author author_of(struct arena *a, const struct envelope *env,
					   const struct facts *f, const struct auth_results *auth)
{
	struct memorynames_author author = { STR(""), STR(""), false, false };
	const struct facts_address *found = NULL;

	for (size_t i = 0; i < f->addresses.n; i++) {
		if (f->addresses.v[i].where != FACTS_FROM)
			continue;
		if (found)
			return author;
		found = &f->addresses.v[i];
	}
	if (!found || !found->local.n || !found->domain.n)
		return author;
	author.domain = found->domain;
	author.mailbox = arena_fmt(a, "%.*s@%.*s", STR_ARG(found->local), STR_ARG(found->domain));
	author.authenticated = is_authenticated(auth, env, author.domain);
	author.plausible = author.authenticated || is_plausible(auth, env, author.mailbox);
	return author;
}

/* Nothing vouches for a mailbox that is not authenticated: it is another one in each network. */
static void put_author(struct arena *a, struct memorynames *m, str network)
{
	const struct memorynames_author *x = &m->author;

	if (!x->mailbox.n)
		return;
	if (x->authenticated) {
		put(m, MEMORY_AUTHOR, x->mailbox);
		put(m, MEMORY_AUTHOR_DOMAIN, x->domain);
	} else {
		put(m, MEMORY_AUTHOR,
		    arena_fmt(a, "%.*s %.*s", STR_ARG(x->mailbox), STR_ARG(network)));
	}
}

/* --- what else there is to know */

static void put_signers(struct memorynames *m, const struct auth_results *auth)
{
	size_t from = m->n;

	for (size_t i = 0; i < auth->n_dkim && m->n < from + MEMORYNAMES_SIGNERS; i++) {
		if (auth->dkim[i].result == AUTH_PASS && !auth->dkim[i].uncovered)
			put(m, MEMORY_SIGNER, auth->dkim[i].domain);
	}
}

static void put_urls(struct memorynames *m, const struct conf *conf, const struct facts *f)
{
	size_t from = m->n;

	for (size_t i = 0; i < f->urls.n && m->n < from + MEMORYNAMES_URLS; i++) {
		const struct facts_url *u = &f->urls.v[i];
		str name = u->domain.n ? u->domain : u->host;

		if (name.n && !conf_is_own_domain(conf, name))
			put(m, MEMORY_URL_HOST, name);
	}
}

static void put_correspondents(struct arena *a, struct memorynames *m, const struct envelope *env)
{
	if (!m->author.plausible)
		return;
	put(m, MEMORY_CORRESPONDENT, m->author.mailbox);
	for (size_t i = 0; i < env->n_recipients && i < MEMORYNAMES_RECIPIENTS; i++)
		put(m, MEMORY_PAIR, memorynames_pair(a, env->recipients[i], m->author.mailbox));
}

static void put_id(struct arena *a, struct memorynames *m, str id)
{
	put(m, MEMORY_SENT, memorynames_sent(a, m->author.mailbox, id));
}

/* What a message says it answers; References ends with the newest. */
static void put_replies(struct arena *a, struct memorynames *m, const struct facts *f)
{
	const struct facts_header *answers = facts_header(f, STR("In-Reply-To"));
	const struct facts_header *thread = facts_header(f, STR("References"));
	str rest = answers ? answers->value : STR(""), id, last[MEMORYNAMES_IDS];
	size_t n = 0;

	if (!m->author.plausible)
		return;
	while (n < MEMORYNAMES_IDS && memorynames_next_id(&rest, &id)) {
		put_id(a, m, id);
		n++;
	}
	rest = thread ? thread->value : STR("");
	for (n = 0; memorynames_next_id(&rest, &id); n++)
		last[n % MEMORYNAMES_IDS] = id;
	for (size_t i = 0; i < n && i < MEMORYNAMES_IDS; i++)
		put_id(a, m, last[i]);
}

void memorynames_incoming(struct arena *a, const struct conf *conf, const struct envelope *env,
			  const struct facts *f, const struct auth_results *auth,
			  struct memorynames *ret)
{
	str network = memory_network(a, env->client_ip);

	ret->n = 0;
	ret->author = author_of(a, env, f, auth);
	put(ret, MEMORY_MAIL, STR(""));
	if (network.n) {
		put(ret, MEMORY_SOURCE, network);
		put(ret, MEMORY_NETWORK, network);
		put(ret, MEMORY_CLIENT, env->client_ip);
	}
	put_author(a, ret, network);
	put_correspondents(a, ret, env);
	put_replies(a, ret, f);
	put_signers(ret, auth);
	put_urls(ret, conf, f);
}
