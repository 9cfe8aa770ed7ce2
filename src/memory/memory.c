#include "memory/memory.h"

#include <errno.h>
#include <math.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

enum { V4_PREFIX = 24, V6_PREFIX = 48 };
enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S };

/* share: of all rows, in per cent. A flood of new names of one kind takes no room of another.
 * keep_days 0: the configuration says it. fold: names are the same in any ASCII case. */
static const struct kind {
	const char *name;
	int64_t half_life_s;
	uint32_t keep_days, share;
	bool fold;
} kinds[MEMORY_KINDS] = {
	[MEMORY_MAIL] = { "mail", 7 * DAY_S, 400, 1, false },
	[MEMORY_CLIENT] = { "client", 14 * DAY_S, 90, 12, false },
	[MEMORY_NETWORK] = { "network", 14 * DAY_S, 90, 10, false },
	[MEMORY_AUTHOR] = { "author", 90 * DAY_S, 180, 13, true },
	[MEMORY_AUTHOR_DOMAIN] = { "domain", 30 * DAY_S, 120, 10, true },
	[MEMORY_SIGNER] = { "signer", 30 * DAY_S, 120, 5, true },
	[MEMORY_URL_HOST] = { "url", 30 * DAY_S, 120, 8, true },
	[MEMORY_CORRESPONDENT] = { "correspondent", 90 * DAY_S, 0, 10, true },
	[MEMORY_PAIR] = { "pair", 90 * DAY_S, 0, 10, true },
	[MEMORY_SENT] = { "sent", 30 * DAY_S, 0, 5, true },
	[MEMORY_FUZZY] = { "fuzzy", 14 * DAY_S, 60, 8, false },
	[MEMORY_SOURCE] = { "source", HOUR_S, 1, 2, false },
	[MEMORY_PUT_OFF] = { "put_off", 30 * DAY_S, 0, 2, true },
	[MEMORY_CAME_BACK] = { "came_back", 30 * DAY_S, 0, 2, true },
	[MEMORY_RATE] = { "rate", 400 * DAY_S, 2, 2, true }, /* a sum: does not fade */
};

str memory_kind_name(enum memory_kind kind)
{
	return str_c(kinds[kind].name);
}

str memory_network(struct arena *a, str address)
{
	struct strbuf out = strbuf_make(a, IP_TEXT_MAX + 4);
	struct ip ip;
	unsigned prefix;

	if (!ip_parse(address, &ip))
		return STR("");
	prefix = ip.n == IP_V4 ? V4_PREFIX : V6_PREFIX;
	ip_put(&out, ip_network(ip, prefix));
	strbuf_fmt(&out, "/%u", prefix);
	return strbuf_str(&out);
}

int64_t memory_half_life(enum memory_kind kind)
{
	return kinds[kind].half_life_s;
}

struct memory_limits memory_limits_of(const struct conf *conf)
{
	struct memory_limits l;

	for (size_t i = 0; i < MEMORY_KINDS; i++) {
		l.keep_s[i] = (int64_t)kinds[i].keep_days * DAY_S;
		l.max_rows[i] = conf->memory.max_rows * kinds[i].share / 100;
	}
	l.keep_s[MEMORY_SENT] = conf->memory.replies / 1000;
	l.keep_s[MEMORY_PAIR] = l.keep_s[MEMORY_CORRESPONDENT] = conf->memory.correspondents / 1000;
	l.keep_s[MEMORY_PUT_OFF] = conf->greylist.expire / 1000;
	l.keep_s[MEMORY_CAME_BACK] = conf->greylist.keep / 1000;
	return l;
}

static void hash(EVP_MAC_CTX *ctx, struct memory_name name, struct memory_key *ret)
{
	str text = str_sub(name.text, 0, MEMORY_MAX_TEXT);
	uint8_t bytes[1 + MEMORY_MAX_TEXT], out[EVP_MAX_MD_SIZE];
	bool fold = kinds[name.kind].fold;
	size_t n;

	bytes[0] = (uint8_t)name.kind;
	for (size_t i = 0; i < text.n; i++)
		bytes[1 + i] = (uint8_t)(fold ? str_lower_char(text.p[i]) : text.p[i]);
	bug_if(!EVP_MAC_init(ctx, NULL, 0, NULL)); /* with the same key again */
	bug_if(!EVP_MAC_update(ctx, bytes, 1 + text.n));
	bug_if(!EVP_MAC_final(ctx, out, &n, sizeof(out)));
	memcpy(ret->bytes, out, sizeof(ret->bytes));
}

void memory_keys(const uint8_t secret[MEMORY_SECRET], const struct memory_name *names, size_t n,
		 struct memory_key *ret)
{
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_END
	};
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);

	bug_if(!ctx || !EVP_MAC_init(ctx, secret, MEMORY_SECRET, params));
	for (size_t i = 0; i < n; i++)
		hash(ctx, names[i], &ret[i]);
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
}

/* A clock that went back ages nothing. */
static double faded(enum memory_kind kind, float count, uint32_t since, int64_t now)
{
	int64_t age = now - since;

	if (age <= 0)
		return count;
	return count * exp2(-(double)age / (double)kinds[kind].half_life_s);
}

struct memory_fact memory_read(const struct memory_limits *l, enum memory_kind kind,
			       const struct memory_row *row, int64_t now)
{
	if (!row->last_seen || row->last_seen + l->keep_s[kind] < now)
		return (struct memory_fact){ 0 };
	return (struct memory_fact){ .first_seen = row->first_seen,
				     .last_seen = row->last_seen,
				     .good = faded(kind, row->good, row->last_seen, now),
				     .bad = faded(kind, row->bad, row->last_seen, now),
				     .value = row->value };
}

static float counted(double before, double more)
{
	double sum = before + (more > 0 ? more : 0);

	return (float)(sum < MEMORY_COUNT_MAX ? sum : MEMORY_COUNT_MAX);
}

/* Counts as they were when it was last seen. */
struct memory_row memory_row_of(enum memory_kind kind, const struct memory_fact *f, int64_t now)
{
	int64_t age = f->last_seen < now ? now - f->last_seen : 0;
	double more = exp2((double)age / (double)kinds[kind].half_life_s);

	if (!f->last_seen)
		return (struct memory_row){ 0 };
	return (struct memory_row){ .first_seen = (uint32_t)f->first_seen,
				    .last_seen = (uint32_t)f->last_seen,
				    .good = counted(f->good * more, 0),
				    .bad = counted(f->bad * more, 0),
				    .value = f->value };
}

struct memory_row memory_changed(const struct memory_limits *l, const struct memory_row *row,
				 const struct memory_change *c, int64_t now)
{
	struct memory_fact before = memory_read(l, c->name.kind, row, now);
	int64_t last = before.last_seen > now ? before.last_seen : now;

	if (c->forget)
		return (struct memory_row){ 0 };
	return (struct memory_row){
		.first_seen = (uint32_t)(before.first_seen ? before.first_seen : now),
		.last_seen = (uint32_t)last,
		.good = counted(before.good, c->good),
		.bad = counted(before.bad, c->bad),
		.value = c->value ? c->value : before.value,
	};
}

int memory_recall(const struct memory *m, struct arena *a, const struct memory_name *names,
		  size_t n, int64_t now, deadline d, struct memory_fact *ret, struct why *why)
{
	int r = 0;

	bug_if(n > MEMORY_MAX_NAMES);
	if (m->recall && n)
		r = m->recall(m->ctx, a, names, n, now, d, ret, why);
	for (size_t i = 0; i < n && (r < 0 || !m->recall); i++)
		ret[i] = (struct memory_fact){ 0 };
	return r;
}

int memory_note(const struct memory *m, const struct memory_change *changes, size_t n, int64_t now,
		struct why *why)
{
	bug_if(n > MEMORY_MAX_NAMES);
	return m->note && n ? m->note(m->ctx, changes, n, now, why) : 0;
}
