#include "dkim/dkimsig.h"

#include "base/base64.h"
#include "base/num.h"
#include "base/utf8.h"
#include "dkim/taglist.h"
#include "mail/address.h"

/* One tag being read into a signature: NULL, or what is wrong with it. */
struct reading {
	struct arena *arena;
	enum dkimsig_kind kind;
	struct dkimsig *sig;
};
typedef const char *read_fn(struct reading *r, str value);

static const struct {
	str name;
	enum dkimsig_algorithm algorithm;
	size_t hash;
} algorithms[] = {
	{ STR("rsa-sha1"), DKIMSIG_RSA_SHA1, 20 },
	{ STR("rsa-sha256"), DKIMSIG_RSA_SHA256, 32 },
	{ STR("ed25519-sha256"), DKIMSIG_ED25519, 32 },
};

str dkimsig_algorithm_name(enum dkimsig_algorithm algorithm)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		if (algorithms[i].algorithm == algorithm)
			return algorithms[i].name;
	}
	return STR("");
}

static str lower(struct arena *a, str s)
{
	char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = str_lower_char(s.p[i]);
	return str_of(p, s.n);
}

/* domain-name = sub-domain 1*("." sub-domain), in letters of any script (RFC 8616 5) */
static bool is_domain(str s)
{
	return s.n <= ADDRESS_DOMAIN_MAX && str_chr(s, '.') != STR_NONE &&
	       address_domain_valid(s, true);
}

static const char *read_domain(struct reading *r, str value)
{
	if (!is_domain(value))
		return "d= is no domain";
	r->sig->domain = lower(r->arena, value);
	return NULL;
}

/* selector = sub-domain *( "." sub-domain ); underscores are out there as well. */
static const char *read_selector(struct reading *r, str value)
{
	size_t label = 0;

	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];
		bool letter = str_is_alnum(c) || (unsigned char)c >= 0x80;

		label = c == '.' ? 0 : label + 1;
		if ((c == '.' && (i == 0 || value.p[i - 1] == '.')) || label > ADDRESS_LABEL_MAX ||
		    !(letter || c == '.' || c == '-' || c == '_'))
			return "s= is no selector";
	}
	if (label == 0 || value.n > ADDRESS_DOMAIN_MAX)
		return "s= is no selector";
	r->sig->selector = lower(r->arena, value);
	return NULL;
}

/* v=0.5 and the like are of the drafts, between 2006 and 2007. */
static const char *read_version(struct reading *r, str value)
{
	r->sig->no_version = str_starts(value, STR("0."));
	return str_eq(value, STR("1")) || r->sig->no_version ? NULL : "v= is no version we know";
}

static const char *read_algorithm(struct reading *r, str value)
{
	r->sig->algorithm_text = lower(r->arena, value);
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		if (str_eq(r->sig->algorithm_text, algorithms[i].name))
			r->sig->algorithm = algorithms[i].algorithm;
	}
	return value.n ? NULL : "a= is empty";
}

static bool decode(struct arena *a, str text, str *ret)
{
	struct strbuf b = strbuf_make(a, DKIMSIG_MAX_SIGNATURE);

	if (!base64_decode(&b, text) || b.overflow)
		return false;
	*ret = strbuf_str(&b);
	return ret->n > 0;
}

static const char *read_signature(struct reading *r, str value)
{
	str text = taglist_squeeze(r->arena, value);

	if (!decode(r->arena, text, &r->sig->signature))
		return "b= is no base64 of a signature";
	r->sig->signature_text = text;
	return NULL;
}

static const char *read_body_hash(struct reading *r, str value)
{
	if (!decode(r->arena, taglist_squeeze(r->arena, value), &r->sig->body_hash))
		return "bh= is no base64 of a hash";
	return NULL;
}

static bool read_kind(str word, enum dkimcanon_kind *ret)
{
	if (str_caseeq(word, STR("simple")))
		*ret = DKIMCANON_SIMPLE;
	else if (str_caseeq(word, STR("relaxed")))
		*ret = DKIMCANON_RELAXED;
	else
		return false;
	return true;
}

/* "relaxed" alone is of the header; the body's is simple then. */
static const char *read_canon(struct reading *r, str value)
{
	size_t slash = str_chr(value, '/');
	bool ok = read_kind(str_sub(value, 0, slash), &r->sig->header_canon);

	if (slash != STR_NONE)
		ok &= read_kind(str_skip(value, slash + 1), &r->sig->body_canon);
	return ok ? NULL : "c= is no canonicalisation we know";
}

/* What signs messages for ARC leaves holes in h=, and those who verify it pass over them; a seal
 * has no place there (RFC 8617 4.1.2). */
static const char *read_fields(struct reading *r, str value)
{
	bool arc = r->kind == DKIMSIG_ARC_MESSAGE;
	str rest = value, name;

	r->sig->fields = value;
	while (taglist_item(&rest, &name)) {
		if (name.n == 0 && !arc)
			return "h= has an empty name";
		if (arc && str_caseeq(name, STR("ARC-Seal")))
			return "h= has the seal in it";
		for (size_t i = 0; i < name.n; i++) {
			if (name.p[i] <= ' ' || name.p[i] >= 0x7f)
				return "h= has a bad name";
		}
		r->sig->signs_from |= str_caseeq(name, STR("From"));
	}
	return NULL;
}

/* [ Local-part ] "@" domain-name; that it is d= or below is said when both are known. */
static const char *read_identity(struct reading *r, str value)
{
	str i;
	size_t at;

	if (!taglist_unquote(r->arena, value, &i) || !utf8_valid(i))
		return "i= is no address";
	at = str_rchr(i, '@');
	if (at == STR_NONE || !is_domain(str_skip(i, at + 1)))
		return "i= is no address";
	for (size_t n = 0; n < i.n; n++) {
		if ((unsigned char)i.p[n] < ' ' || i.p[n] == 0x7f)
			return "i= is no address";
	}
	r->sig->identity = i;
	return NULL;
}

static const char *read_instance(struct reading *r, str value)
{
	uint64_t n;

	if (!num_u64_max(value, DKIMSIG_MAX_INSTANCE, &n) || n == 0)
		return "i= is no instance";
	r->sig->instance = (uint32_t)n;
	return NULL;
}

/* 1*76DIGIT; what no body can be long enough for is all the same. */
static const char *read_length(struct reading *r, str value)
{
	if (value.n == 0 || value.n > 76)
		return "l= is no number";
	for (size_t i = 0; i < value.n; i++) {
		if (!str_is_digit(value.p[i]))
			return "l= is no number";
	}
	if (!num_u64(value, &r->sig->length))
		r->sig->length = UINT64_MAX;
	r->sig->has_length = true;
	return NULL;
}

/* 1*12DIGIT */
static bool read_seconds(str value, uint64_t *ret)
{
	return value.n <= 12 && num_u64(value, ret);
}

static const char *read_time(struct reading *r, str value)
{
	r->sig->has_time = true;
	return read_seconds(value, &r->sig->time) ? NULL : "t= is no time";
}

static const char *read_expiry(struct reading *r, str value)
{
	r->sig->has_expiry = true;
	return read_seconds(value, &r->sig->expiry) ? NULL : "x= is no time";
}

/* "dns" alone is of the drafts. */
static const char *read_query(struct reading *r, str value)
{
	str rest = value, method;

	(void)r;
	while (taglist_item(&rest, &method)) {
		if (str_caseeq(method, STR("dns/txt")) || str_caseeq(method, STR("dns")))
			return NULL;
	}
	return "q= has no query method we know";
}

static const char *read_chain(struct reading *r, str value)
{
	r->sig->cv = value;
	return NULL;
}

enum {
	D = 1 << DKIMSIG_DKIM,
	M = 1 << DKIMSIG_ARC_MESSAGE,
	S = 1 << DKIMSIG_ARC_SEAL,
};

/* In the order in which they are read: first whose signature it is. Other tags are ignored
 * (RFC 6376 3.2). */
static const struct {
	str name;
	unsigned kinds, needed; /* which fields have it, and which must */
	read_fn *read;
	const char *missing;
} tags[] = {
	{ STR("d"), D | M | S, D | M | S, read_domain, "d= is missing" },
	{ STR("s"), D | M | S, D | M | S, read_selector, "s= is missing" },
	{ STR("b"), D | M | S, D | M | S, read_signature, "b= is missing" },
	{ STR("v"), D, 0, read_version, NULL },
	{ STR("a"), D | M | S, D | M | S, read_algorithm, "a= is missing" },
	{ STR("bh"), D | M, D | M, read_body_hash, "bh= is missing" },
	{ STR("h"), D | M, D | M, read_fields, "h= is missing" },
	{ STR("c"), D | M, 0, read_canon, NULL },
	{ STR("i"), D, 0, read_identity, NULL },
	{ STR("i"), M | S, M | S, read_instance, "i= is missing" },
	{ STR("l"), D | M, 0, read_length, NULL },
	{ STR("q"), D | M, 0, read_query, NULL },
	{ STR("t"), D | M | S, 0, read_time, NULL },
	{ STR("x"), D | M, 0, read_expiry, NULL },
	{ STR("cv"), S, S, read_chain, "cv= is missing" },
};

static bool is_within(str name, str parent)
{
	size_t more = name.n - parent.n;

	return name.n >= parent.n && str_caseeq(str_skip(name, more), parent) &&
	       (more == 0 || name.p[more - 1] == '.');
}

/* What no tag can say alone. */
static const char *check_together(const struct dkimsig *s)
{
	if (s->identity.n &&
	    !is_within(str_skip(s->identity, str_rchr(s->identity, '@') + 1), s->domain))
		return "i= is not in the domain of d=";
	if (s->has_time && s->has_expiry && s->expiry <= s->time)
		return "x= is not after t=";
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		if (s->body_hash.n && s->algorithm == algorithms[i].algorithm &&
		    s->body_hash.n != algorithms[i].hash)
			return "bh= is no hash of that algorithm";
	}
	return NULL;
}

static void set_absent(enum dkimsig_kind kind, struct dkimsig *ret)
{
	str none = STR("");

	*ret = (struct dkimsig){
		.no_version = kind == DKIMSIG_DKIM,
		.algorithm_text = none,
		.signature = none,
		.signature_text = none,
		.body_hash = none,
		.domain = none,
		.selector = none,
		.identity = none,
		.fields = none,
		.cv = none,
	};
	/* Of ARC it was always meant, and whoever leaves c= out means it (RFC 8617 4.1.3). */
	if (kind != DKIMSIG_DKIM)
		ret->header_canon = ret->body_canon = DKIMCANON_RELAXED;
}

const char *dkimsig_parse(struct arena *a, enum dkimsig_kind kind, str value, struct dkimsig *ret)
{
	struct reading r = { a, kind, ret };
	struct taglist list;
	const char *bad;

	set_absent(kind, ret);
	bad = taglist_parse(a, value, &list);
	if (bad)
		return bad;
	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		str v = taglist_get(&list, tags[i].name);

		if (!(tags[i].kinds & 1u << kind))
			continue;
		if (!v.p && (tags[i].needed & 1u << kind))
			return tags[i].missing;
		bad = v.p ? tags[i].read(&r, v) : NULL;
		if (bad)
			return bad;
	}
	return check_together(ret);
}
