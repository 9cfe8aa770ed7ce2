#include "records/reportsin.h"

#include "base/strbuf.h"
#include "records/recordstext.h"
#include "report/reportword.h"

#include <errno.h>

enum { V4_NETWORK = 24, V6_NETWORK = 48, EVICT_MAX = 100 /* for one new message */ };

static const char *const steps[] = {
	"CREATE TABLE report ("
	" id INTEGER PRIMARY KEY, kind TEXT NOT NULL, org TEXT NOT NULL, report_id TEXT NOT NULL,"
	" domain TEXT NOT NULL, email TEXT, begin INTEGER NOT NULL, end INTEGER NOT NULL,"
	" mid TEXT, sender TEXT NOT NULL, trusted INTEGER NOT NULL, received_at INTEGER NOT NULL,"
	" p TEXT, sp TEXT, np TEXT, pct INTEGER, testing INTEGER, left_out INTEGER,"
	" weight INTEGER NOT NULL, UNIQUE (kind, org, report_id, domain, sender));"
	"CREATE INDEX report_end ON report (kind, end);"
	"CREATE INDEX report_received ON report (received_at);"
	"CREATE INDEX report_untrusted ON report (id) WHERE trusted = 0;"
	"CREATE TABLE source ("
	" report INTEGER NOT NULL REFERENCES report (id) ON DELETE CASCADE, network TEXT NOT NULL,"
	" ip TEXT NOT NULL, n INTEGER NOT NULL, disposition TEXT, dkim INTEGER, spf INTEGER,"
	" header_from TEXT, mail_from TEXT, signer TEXT, dkim_result TEXT, spf_result TEXT,"
	" reason TEXT);"
	"CREATE INDEX source_report ON source (report);"
	"CREATE TABLE session ("
	" report INTEGER NOT NULL REFERENCES report (id) ON DELETE CASCADE, domain TEXT NOT NULL,"
	" type TEXT NOT NULL, successful INTEGER NOT NULL, failed INTEGER NOT NULL);"
	"CREATE INDEX session_report ON session (report);"
	"CREATE TABLE failure ("
	" report INTEGER NOT NULL REFERENCES report (id) ON DELETE CASCADE, domain TEXT NOT NULL,"
	" type TEXT NOT NULL, result TEXT NOT NULL, mx TEXT, sending_ip TEXT,"
	" n INTEGER NOT NULL, reason TEXT);"
	"CREATE INDEX failure_report ON failure (report)",
};

static const struct recordsdb_schema schema = { steps, ARRAY_LEN(steps), false };

static int prepare(struct reportsin *r, struct why *why)
{
	const struct {
		sqlite3_stmt **at;
		const char *sql;
	} all[] = {
		/* Names and numbers of others' reports are easily written into one's own: only the
		 * same sender says the same twice. */
		{ &r->find,
		  "SELECT id, trusted FROM report"
		  " WHERE kind = ?1 AND org = ?2 AND report_id = ?3 AND domain = ?4"
		  " AND (trusted = 0 OR ?5 = 0 OR sender = ?6 OR 'import' IN (sender, ?6))"
		  " ORDER BY trusted DESC LIMIT 1" },
		{ &r->drop, "DELETE FROM report WHERE id = ?1" },
		{ &r->insert,
		  "INSERT INTO report (kind, org, report_id, domain, email, mid, sender, p, sp, np,"
		  " begin, end, trusted, received_at, pct, testing, left_out, weight) VALUES"
		  " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
		  " ?18)" },
		{ &r->source,
		  "INSERT INTO source (report, n, dkim, spf, network, ip, disposition, header_from,"
		  " mail_from, signer, dkim_result, spf_result, reason) VALUES"
		  " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)" },
		{ &r->session, "INSERT INTO session (report, successful, failed, domain, type)"
			       " VALUES (?1, ?2, ?3, ?4, ?5)" },
		{ &r->failure,
		  "INSERT INTO failure (report, n, domain, type, result, mx, sending_ip, reason)"
		  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)" },
		{ &r->size,
		  "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count(),"
		  " pragma_freelist_count(), pragma_page_size()" },
		{ &r->crowd, "DELETE FROM report WHERE trusted = 0 AND id <= (SELECT id FROM report"
			     " WHERE trusted = 0 ORDER BY id DESC LIMIT 1 OFFSET ?1)" },
		{ &r->evict,
		  "DELETE FROM report WHERE id = (SELECT id FROM report WHERE sender ="
		  " (SELECT sender FROM report GROUP BY sender ORDER BY sum(weight) DESC LIMIT 1)"
		  " ORDER BY id LIMIT 1)" },
		{ &r->expire, "DELETE FROM report WHERE id IN"
			      " (SELECT id FROM report WHERE received_at < ?1 LIMIT ?2)" },
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		int e = recordsdb_prepare(r->db, all[i].sql, all[i].at, why);

		if (e < 0)
			return e;
	}
	return 0;
}

int reportsin_open(struct reportsin *r, const char *path, struct why *why)
{
	struct reportsin n = { 0 };
	int e = recordsdb_open(path, &schema, &n.db, why);

	if (e != RECORDSDB_OK)
		return e;
	e = recordsdb_exec(n.db, "PRAGMA foreign_keys=ON", why);
	if (e == 0)
		e = prepare(&n, why);
	if (e < 0) {
		recordsdb_close(n.db);
		return why_prefix(why, e, "%s", path);
	}
	*r = n;
	r->max_bytes = REPORTSIN_MAX_BYTES;
	pthread_mutex_init(&r->lock, NULL);
	return RECORDSDB_OK;
}

void reportsin_close(struct reportsin *r)
{
	recordsdb_close(r->db);
	pthread_mutex_destroy(&r->lock);
}

/* One insertion: numbers first, texts behind them. */
static int insert(struct arena *a, sqlite3_stmt *s, const int64_t *numbers, size_t n_numbers,
		  const str *texts, size_t n_texts, struct why *why)
{
	for (size_t i = 0; i < n_numbers; i++)
		recordsdb_bind_int(s, (int)i + 1, numbers[i]);
	for (size_t i = 0; i < n_texts; i++)
		recordsdb_bind_text(s, (int)(n_numbers + i) + 1, recordstext_clean(a, texts[i]));
	return recordsdb_run(s, why);
}

struct adding {
	struct reportsin *r;
	struct arena *arena;
	const struct reportsin_origin *origin;
	int64_t id; /* of the report's row */
};

static int insert_report(struct adding *d, const str texts[10], const int64_t numbers[8],
			 struct why *why)
{
	sqlite3_stmt *s = d->r->insert;
	int e;

	for (int i = 0; i < 10; i++)
		recordsdb_bind_text(s, i + 1, recordstext_clean(d->arena, texts[i]));
	for (int i = 0; i < 8; i++)
		recordsdb_bind_int(s, i + 11, numbers[i]);
	e = recordsdb_run(s, why);
	d->id = sqlite3_last_insert_rowid(d->r->db);
	return e;
}

/* "192.0.2.0/24", "2001:db8:1::/48": who has one address there most often has more. */
static str network_of(struct arena *a, struct ip ip)
{
	unsigned prefix = ip.n == IP_V4 ? V4_NETWORK : V6_NETWORK;
	struct strbuf b = strbuf_make(a, IP_TEXT_MAX + 4);

	for (size_t i = prefix / 8; i < ip.n; i++)
		ip.bytes[i] = 0;
	ip_put(&b, ip);
	strbuf_fmt(&b, "/%u", prefix);
	return strbuf_str(&b);
}

static str address_of(struct arena *a, struct ip ip)
{
	struct strbuf b = strbuf_make(a, IP_TEXT_MAX);

	ip_put(&b, ip);
	return strbuf_str(&b);
}

/* The signature that says most: one that passes, else the first. */
static struct aggregate_dkim best_signature(const struct aggregate_row *row)
{
	struct aggregate_dkim none = { STR(""), STR(""), AGGREGATE_RESULT_NONE, STR("") };

	for (size_t i = 0; i < row->n_dkim_results; i++) {
		if (row->dkim_results[i].result == AGGREGATE_RESULT_PASS)
			return row->dkim_results[i];
	}
	return row->n_dkim_results ? row->dkim_results[0] : none;
}

static int add_source(struct adding *d, const struct aggregate_row *row, struct why *why)
{
	struct aggregate_dkim dkim = best_signature(row);
	struct aggregate_spf spf = { STR(""), STR(""), AGGREGATE_RESULT_NONE, STR("") };
	str reason = STR("");

	if (row->n_spf_results)
		spf = row->spf_results[0];
	if (row->n_reasons)
		reason = reportword_override(row->reasons[0].type);
	return insert(d->arena, d->r->source,
		      (int64_t[]){ d->id, (int64_t)row->count, row->dkim, row->spf }, 4,
		      (str[]){ network_of(d->arena, row->source), address_of(d->arena, row->source),
			       reportword_action(row->disposition), row->header_from,
			       row->envelope_from.n ? row->envelope_from : spf.domain, dkim.domain,
			       reportword_result(dkim.result), reportword_result(spf.result),
			       reason },
		      9, why);
}

static int add_aggregate(struct adding *d, const struct aggregate *g, struct why *why)
{
	const struct reportsin_origin *o = d->origin;
	size_t n = g->rows.n;
	int e;

	if (!o->trusted && n > REPORTSIN_UNTRUSTED_ROWS)
		n = REPORTSIN_UNTRUSTED_ROWS;
	e = insert_report(d,
			  (str[]){ STR("dmarc"), g->org.n ? g->org : g->email, g->id, g->domain,
				   g->email, o->mid, o->sender, reportword_action(g->p),
				   reportword_action(g->sp), reportword_action(g->np) },
			  (int64_t[]){ g->begin, g->end, o->trusted, o->received_at, g->pct,
				       g->testing, (int64_t)(g->rows_left_out + g->rows.n - n),
				       (int64_t)n + 1 },
			  why);

	for (size_t i = 0; i < n && e == 0; i++)
		e = add_source(d, &g->rows.v[i], why);
	return e;
}

static int add_policy(struct adding *d, const struct tlsrpt_policy *p, struct why *why)
{
	int e = insert(d->arena, d->r->session,
		       (int64_t[]){ d->id, (int64_t)p->successful, (int64_t)p->failed }, 3,
		       (str[]){ p->domain, p->type }, 2, why);

	for (size_t i = 0; i < p->failures.n && e == 0; i++) {
		const struct tlsrpt_failure *f = &p->failures.v[i];

		e = insert(d->arena, d->r->failure, (int64_t[]){ d->id, (int64_t)f->sessions }, 2,
			   (str[]){ p->domain, p->type, f->result, f->receiving_mx, f->sending_ip,
				    f->reason.n ? f->reason : f->information },
			   6, why);
	}
	return e;
}

static int add_tls(struct adding *d, const struct tlsrpt *t, struct why *why)
{
	const struct reportsin_origin *o = d->origin;
	int64_t weight = 1;
	int e;

	for (size_t i = 0; i < t->policies.n; i++)
		weight += 1 + (int64_t)t->policies.v[i].failures.n;
	e = insert_report(
		d,
		(str[]){ STR("tls"), t->org.n ? t->org : t->contact, t->id, STR(""), t->contact,
			 o->mid, o->sender, STR(""), STR(""), STR("") },
		(int64_t[]){ t->begin, t->end, o->trusted, o->received_at, 100, 0, 0, weight },
		why);

	for (size_t i = 0; i < t->policies.n && e == 0; i++)
		e = add_policy(d, &t->policies.v[i], why);
	return e;
}

/* Looks for the same report; one that stands apart gives way to one that is trusted. */
static int make_room(struct adding *d, const struct reportset_report *report, bool *ret_known,
		     struct why *why)
{
	const struct aggregate *g = report->aggregate;
	const struct tlsrpt *t = report->tls;
	str org = g ? (g->org.n ? g->org : g->email) : (t->org.n ? t->org : t->contact);
	sqlite3_stmt *s = d->r->find;
	int64_t id = 0, trusted = 0;
	int e = 0;

	recordsdb_bind_text(s, 1, g ? STR("dmarc") : STR("tls"));
	recordsdb_bind_text(s, 2, recordstext_clean(d->arena, org));
	recordsdb_bind_text(s, 3, recordstext_clean(d->arena, g ? g->id : t->id));
	recordsdb_bind_text(s, 4, recordstext_clean(d->arena, g ? g->domain : STR("")));
	recordsdb_bind_int(s, 5, d->origin->trusted);
	recordsdb_bind_text(s, 6, recordstext_clean(d->arena, d->origin->sender));
	if (recordsdb_step(s, &e, why)) {
		id = sqlite3_column_int64(s, 0);
		trusted = sqlite3_column_int64(s, 1);
	}
	recordsdb_reset(s);
	*ret_known = id && (trusted || !d->origin->trusted);
	if (e < 0 || !id || *ret_known)
		return e;
	recordsdb_bind_int(d->r->drop, 1, id);
	return recordsdb_run(d->r->drop, why);
}

static int add_one(struct adding *d, const struct reportset_report *report,
		   struct reportsin_result *result, struct why *why)
{
	bool known = false;
	int e = make_room(d, report, &known, why);

	if (e < 0)
		return e;
	result->known += known;
	result->added += !known;
	if (known)
		return 0;
	return report->aggregate ? add_aggregate(d, report->aggregate, why)
				 : add_tls(d, report->tls, why);
}

static int measure(struct reportsin *r, int64_t *ret_bytes, struct why *why)
{
	int e = 0;

	if (recordsdb_step(r->size, &e, why))
		*ret_bytes = sqlite3_column_int64(r->size, 0);
	recordsdb_reset(r->size);
	return e;
}

/* Whoever takes most of the room pays for it with his oldest reports: a stranger who floods us
 * pushes out his own. */
static int check_room(struct reportsin *r, struct why *why)
{
	int64_t bytes = 0;
	int e = measure(r, &bytes, why);

	for (int i = 0; e == 0 && bytes >= r->max_bytes && i < EVICT_MAX; i++) {
		e = recordsdb_run(r->evict, why);
		if (e == 0)
			e = measure(r, &bytes, why);
	}
	if (e == 0 && bytes >= r->max_bytes)
		return why_set(why, -ENOSPC, "%lld bytes of reports are kept; shorten reports.keep",
			       (long long)r->max_bytes);
	return e;
}

static int thin_out(struct reportsin *r, struct why *why)
{
	recordsdb_bind_int(r->crowd, 1, REPORTSIN_MAX_UNTRUSTED);
	return recordsdb_run(r->crowd, why);
}

int reportsin_add(struct reportsin *r, struct arena *a, const struct reportset *set,
		  const struct reportsin_origin *origin, struct reportsin_result *ret,
		  struct why *why)
{
	struct adding d = { r, a, origin, 0 };
	struct reportsin_result result = { 0 };
	int e;

	pthread_mutex_lock(&r->lock);
	e = check_room(r, why);
	if (e == 0)
		e = recordsdb_exec(r->db, "BEGIN IMMEDIATE", why);
	if (e == 0) {
		for (size_t i = 0; i < set->reports.n && e == 0; i++)
			e = add_one(&d, &set->reports.v[i], &result, why);
		if (e == 0 && !origin->trusted)
			e = thin_out(r, why);
		if (e == 0)
			e = recordsdb_exec(r->db, "COMMIT", why);
		if (e < 0)
			(void)!recordsdb_exec(r->db, "ROLLBACK",
					      NULL); /* e tells what went wrong */
	}
	pthread_mutex_unlock(&r->lock);
	if (e == 0)
		*ret = result;
	return e;
}

/* ?1: since, ?2: the domain or nothing, ?3: trusted at least. */
#define OF_DMARC " WHERE r.kind = 'dmarc' AND r.end >= ?1 AND (?2 = '' OR r.domain = ?2)"
#define OF_TLS " WHERE r.kind = 'tls' AND r.end >= ?1 AND (?2 = '' OR s.domain = ?2)"
#define TRUSTED " AND r.trusted >= ?3"
#define DOMAINS                                                                                    \
	"SELECT json_object('kind', 'domain', 'domain', r.domain, 'reports', count(*),"            \
	" 'reporters', count(DISTINCT r.org), 'days', count(DISTINCT r.begin / 86400),"            \
	" 'first', strftime('%Y-%m-%dT%H:%M:%SZ', min(r.begin), 'unixepoch'),"                     \
	" 'last', strftime('%Y-%m-%dT%H:%M:%SZ', max(r.end), 'unixepoch'),"                        \
	" 'rows_left_out', sum(r.left_out), 'published', json((SELECT json_object('p', x.p,"       \
	"  'sp', x.sp, 'np', x.np, 'pct', x.pct, 'testing', json(iif(x.testing, 'true', "          \
	"'false')))"                                                                               \
	"  FROM report x WHERE x.kind = 'dmarc' AND x.domain = r.domain AND x.trusted >= ?3"       \
	"  ORDER BY x.end DESC LIMIT 1)))"                                                         \
	" FROM report r" OF_DMARC TRUSTED " GROUP BY r.domain ORDER BY r.domain"
#define SOURCES                                                                                    \
	"SELECT json_object('kind', 'source', 'domain', r.domain, 'network', s.network,"           \
	" 'addresses', count(DISTINCT s.ip), 'ip', min(s.ip), 'messages', sum(s.n),"               \
	" 'days', count(DISTINCT r.begin / 86400),"                                                \
	" 'spf', sum(iif(s.spf, s.n, 0)), 'dkim', sum(iif(s.dkim, s.n, 0)),"                       \
	" 'aligned', sum(iif(s.spf OR s.dkim, s.n, 0)),"                                           \
	" 'only_dkim', sum(iif(s.dkim AND NOT s.spf, s.n, 0)),"                                    \
	" 'forwarded', sum(iif(NOT s.spf AND NOT s.dkim AND"                                       \
	"  s.reason IN ('forwarded', 'trusted_forwarder', 'mailing_list'), s.n, 0)),"              \
	" 'foreign_spf', sum(iif(s.spf_result = 'pass' AND NOT s.spf, s.n, 0)),"                   \
	" 'foreign_dkim', sum(iif(s.dkim_result = 'pass' AND NOT s.dkim, s.n, 0)),"                \
	" 'broken_dkim', sum(iif(s.dkim_result NOT IN ('', 'none', 'pass') AND NOT s.dkim, s.n, "  \
	"0)),"                                                                                     \
	" 'quarantined', sum(iif(s.disposition = 'quarantine', s.n, 0)),"                          \
	" 'rejected', sum(iif(s.disposition = 'reject', s.n, 0)),"                                 \
	" 'header_from', substr(group_concat(DISTINCT s.header_from), 1, 200),"                    \
	" 'mail_from', substr(group_concat(DISTINCT nullif(s.mail_from, '')), 1, 200),"            \
	" 'signer', substr(group_concat(DISTINCT nullif(s.signer, '')), 1, 200))"                  \
	" FROM report r JOIN source s ON s.report = r.id" OF_DMARC TRUSTED                         \
	" GROUP BY r.domain, s.network ORDER BY r.domain, sum(s.n) DESC, s.network LIMIT ?4"
#define REPORTERS                                                                                  \
	"SELECT json_object('kind', iif(r.trusted, 'reporter', 'unauthenticated'),"                \
	" 'domain', r.domain, 'org', r.org, 'sender', r.sender, 'reports', count(*), 'messages',"  \
	" ifnull(sum((SELECT sum(s.n) FROM source s WHERE s.report = r.id)), 0),"                  \
	" 'last', strftime('%Y-%m-%dT%H:%M:%SZ', max(r.end), 'unixepoch'))"                        \
	" FROM report r" OF_DMARC " GROUP BY r.trusted, r.domain, r.org, r.sender"                 \
	" ORDER BY r.domain, r.trusted DESC, count(*) DESC, r.org LIMIT ?4"
#define POLICIES                                                                                   \
	"SELECT json_object('kind', 'policy', 'domain', s.domain, 'type', s.type,"                 \
	" 'successful', sum(s.successful), 'failed', sum(s.failed),"                               \
	" 'last', strftime('%Y-%m-%dT%H:%M:%SZ', max(r.end), 'unixepoch'))"                        \
	" FROM report r JOIN session s ON s.report = r.id" OF_TLS TRUSTED                          \
	" GROUP BY s.domain, s.type ORDER BY s.domain, s.type LIMIT ?4"
#define FAILURES                                                                                   \
	"SELECT json_object('kind', 'failure', 'domain', s.domain, 'type', s.type,"                \
	" 'result', s.result, 'mx', s.mx, 'failed', sum(s.n),"                                     \
	" 'reporters', substr(group_concat(DISTINCT r.org), 1, 200),"                              \
	" 'reason', substr(group_concat(DISTINCT nullif(s.reason, '')), 1, 200))"                  \
	" FROM report r JOIN failure s ON s.report = r.id" OF_TLS TRUSTED                          \
	" GROUP BY s.domain, s.type, s.result, s.mx"                                               \
	" ORDER BY s.domain, sum(s.n) DESC LIMIT ?4"
#define TLS_REPORTERS                                                                              \
	"SELECT json_object('kind', iif(r.trusted, 'reporter', 'unauthenticated'),"                \
	" 'org', r.org, 'sender', r.sender, 'reports', count(DISTINCT r.id),"                      \
	" 'last', strftime('%Y-%m-%dT%H:%M:%SZ', max(r.end), 'unixepoch'))"                        \
	" FROM report r LEFT JOIN session s ON s.report = r.id" OF_TLS                             \
	" GROUP BY r.trusted, r.org, r.sender ORDER BY r.trusted DESC, count(*) DESC, r.org "      \
	"LIMIT ?4"

static const char *const dmarc_queries[] = { DOMAINS, SOURCES, REPORTERS };
static const char *const tls_queries[] = { POLICIES, FAILURES, TLS_REPORTERS };

static int visit_one(struct reportsin *r, const char *sql, const struct reportsin_choice *choice,
		     reportsin_visit *visit, void *ctx, struct why *why)
{
	sqlite3_stmt *s;
	int e = recordsdb_prepare(r->db, sql, &s, why);

	if (e < 0)
		return e;
	recordsdb_bind_int(s, 1, choice->since);
	recordsdb_bind_text(s, 2, choice->domain);
	if (sqlite3_bind_parameter_count(s) >= 3)
		recordsdb_bind_int(s, 3, !choice->untrusted);
	if (sqlite3_bind_parameter_count(s) >= 4)
		recordsdb_bind_int(s, 4, REPORTSIN_MAX_LINES);
	while (recordsdb_step(s, &e, why))
		visit(ctx, recordsdb_text(s, 0));
	sqlite3_finalize(s);
	return e;
}

static int visit_all(struct reportsin *r, const char *const *queries, size_t n,
		     const struct reportsin_choice *choice, reportsin_visit *visit, void *ctx,
		     struct why *why)
{
	int e = 0;

	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < n && e == 0; i++)
		e = visit_one(r, queries[i], choice, visit, ctx, why);
	pthread_mutex_unlock(&r->lock);
	return e;
}

int reportsin_dmarc(struct reportsin *r, const struct reportsin_choice *choice,
		    reportsin_visit *visit, void *ctx, struct why *why)
{
	return visit_all(r, dmarc_queries, ARRAY_LEN(dmarc_queries), choice, visit, ctx, why);
}

int reportsin_tls(struct reportsin *r, const struct reportsin_choice *choice,
		  reportsin_visit *visit, void *ctx, struct why *why)
{
	return visit_all(r, tls_queries, ARRAY_LEN(tls_queries), choice, visit, ctx, why);
}

int reportsin_expire(struct reportsin *r, int64_t before, int n, int *ret_n, struct why *why)
{
	int e;

	pthread_mutex_lock(&r->lock);
	recordsdb_bind_int(r->expire, 1, before);
	recordsdb_bind_int(r->expire, 2, n);
	e = recordsdb_run(r->expire, why);
	if (e == 0)
		*ret_n = sqlite3_changes(r->db);
	pthread_mutex_unlock(&r->lock);
	return e;
}
