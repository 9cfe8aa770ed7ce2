#include "scan/exporter.h"

#include "base/base64.h"
#include "base/fd.h"
#include "base/ident.h"
#include "base/log.h"
#include "scan/enclosure.h"
#include "spool/disposition.h"
#include "sys/metrics.h"

#include <errno.h>

void exporter_init(struct exporter *e, struct lanes *store, struct lanes *fetch)
{
	*e = (struct exporter){ .store = store, .fetch = fetch };
	pthread_mutex_init(&e->lock, NULL);
}

static bool is_spam(enum action a)
{
	return a == ACTION_TAG || a == ACTION_QUARANTINE || a == ACTION_REJECT ||
	       a == ACTION_DISCARD;
}

static const str selectors[] = { STR("any"), STR("is_spam"), STR("is_reject"),
				 STR("is_spam_authed"), STR("is_reject_authed") };

static bool is_known(const struct rules *rules, str word)
{
	for (size_t i = 0; i < ARRAY_LEN(selectors); i++) {
		if (str_eq(word, selectors[i]))
			return true;
	}
	return rules_find(rules, word) != NULL;
}

int exporter_check(const struct conf *conf, const struct rules *rules, struct why *why)
{
	struct exportrow row;

	for (size_t i = 0; exportrow_at(conf, i, &row); i++) {
		str words = row.when, word;

		while (str_split(&words, '+', &word)) {
			if (!is_known(rules, word))
				return why_set(why, -EINVAL,
					       "exporter.targets: %.*s: found \"%.*s\", expected "
					       "any, is_spam, is_reject, is_spam_authed, "
					       "is_reject_authed or the name of a symbol",
					       STR_ARG(row.name), STR_ARG(word));
		}
	}
	return 0;
}

static bool has_symbol(const struct verdict *v, str name)
{
	for (size_t i = 0; i < v->symbols.n; i++) {
		const struct rules_symbol *s = v->symbols.v[i].rule;

		if (str_eq(s->name, name) || conf_strings_has(&s->aliases, name))
			return true;
	}
	return false;
}

/* Who sends through role out is one of ours, which is what others call authenticated. */
static bool selects(str word, const struct verdict *v, enum conf_role role)
{
	bool ours = role == CONF_ROLE_OUT;

	if (str_eq(word, STR("any")))
		return true;
	if (str_eq(word, STR("is_spam")))
		return is_spam(v->action);
	if (str_eq(word, STR("is_reject")))
		return v->action == ACTION_REJECT;
	if (str_eq(word, STR("is_spam_authed")))
		return ours && is_spam(v->action);
	if (str_eq(word, STR("is_reject_authed")))
		return ours && v->action == ACTION_REJECT;
	return has_symbol(v, word);
}

bool exporter_selects(const struct exportrow *row, const struct verdict *v, enum conf_role role)
{
	str words = row->when, word;

	while (str_split(&words, '+', &word)) {
		if (selects(word, v, role))
			return true;
	}
	return false;
}

/* The line, with the message as one member more. */
static str whole(struct arena *a, const struct passage *p, size_t size)
{
	struct strbuf b = strbuf_make(a, size);

	strbuf_reserve(&b, size);
	strbuf_put(&b, str_sub(p->line, 0, p->line.n - strlen("}")));
	strbuf_put(&b, STR(",\"message\":\""));
	base64_encode(&b, p->message);
	strbuf_put(&b, STR("\"}"));
	return strbuf_str(&b);
}

/* To the process that keeps or sends it. */
static int hand_over(struct lanes *to, const struct exportrow *row, str bytes, struct why *why)
{
	struct msg m = { .type = MSG_exported };

	m.exported.target = row->name;
	m.exported.size = bytes.n;
	return enclosure_tell(to, &m, &m.exported.bytes, "exported", bytes,
			      deadline_in(EXPORTER_HAND_OVER_MS), why);
}

/* A message may be larger than the arena of a passage. */
static int hand_over_whole(struct lanes *to, const struct passage *p, const struct exportrow *row,
			   struct why *why)
{
	size_t size = p->line.n + 64 + p->message.n / 3 * 4 + 4;
	cleanup(arena_freep) struct arena *a = NULL;

	if (size > EXPORTER_WHOLE_MAX)
		return why_set(why, -EMSGSIZE, "with the message it is larger than %d bytes",
			       EXPORTER_WHOLE_MAX);
	a = arena_new("export", EXPORTER_WHOLE_MAX + (1 << 20));
	return hand_over(to, row, whole(a, p, size), why);
}

static int post_letter(struct exporter *e, const struct passage *p, const struct exportrow *row,
		       const struct exportletter *letter, struct why *why)
{
	struct ident id = ident_make(clock_wall_ms());
	str to = row->where;
	struct msg answer, m = { .type = MSG_commit };
	int r;

	m.commit = (struct msg_commit){
		.mid = ident_str(&id),
		.disposition = SPOOL_DELIVER,
		.helo = p->policy->conf->hostname,
		.recipients = { &to, 1 },
		.received_at = (uint64_t)clock_wall(),
		.body_8bit = false,
		.from = exportletter_from(p->arena, p->policy->conf->hostname),
		.subject = exportletter_subject(p->arena, letter),
		.action = str_c(action_name(ACTION_ACCEPT)),
		.record = STR("{}"),
	};
	r = enclosure_attach(&m, "letter", exportletter_make(p->arena, letter), why);
	if (r == 0)
		r = lanes_ask(e->store, &m, MSG_committed, p->arena,
			      deadline_in(EXPORTER_LETTER_MS), &answer, why);
	if (m.n_fds)
		fd_close(m.fds[0]);
	if (r == 0 && answer.committed.status)
		r = why_set(why, -EIO, "store: %.*s", STR_ARG(answer.committed.why));
	return r;
}

static int write_letter(struct exporter *e, const struct passage *p, const struct exportrow *row,
			size_t place, struct why *why)
{
	struct exportletter letter = { .conf = p->policy->conf,
				       .to = row->where,
				       .env = &p->env,
				       .verdict = &p->j.verdict,
				       .now = clock_wall() };
	bool may;

	pthread_mutex_lock(&e->lock);
	may = exportletter_may(&e->rates[place], row->rate, letter.now, &letter.left_out);
	pthread_mutex_unlock(&e->lock);
	return may ? post_letter(e, p, row, &letter, why) : 0;
}

static int tell_one(struct exporter *e, const struct passage *p, const struct exportrow *row,
		    size_t place, struct why *why)
{
	if (row->pusher == EXPORTROW_MAIL)
		return write_letter(e, p, row, place, why);
	if (row->whole)
		return hand_over_whole(e->fetch, p, row, why);
	return hand_over(row->pusher == EXPORTROW_HTTP ? e->fetch : e->store, row, p->line, why);
}

void exporter_tell(struct exporter *e, const struct passage *p)
{
	const struct conf *conf = p->policy->conf;
	struct exportrow row;

	for (size_t i = 0; p->line.n && i < EXPORTROW_ROWS && exportrow_at(conf, i, &row); i++) {
		struct why why = { "" };
		int r;

		if (!exporter_selects(&row, &p->j.verdict, conf->role))
			continue;
		r = tell_one(e, p, &row, i, &why);
		metrics_add(r < 0 ? METRIC_scan_exports_failed : METRIC_scan_exports_done, 1);
		if (r < 0)
			log_event("export.not_told", F_STR("target", row.name),
				  F_STR("mid", p->env.mid), F_C("why", why.text));
	}
}
