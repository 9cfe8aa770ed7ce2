#include "dns/zonefile.h"

#include "base/fd.h"
#include "base/map.h"
#include "base/num.h"
#include "dns/dnscodec.h"
#include "dns/dnsname.h"

#include <errno.h>
#include <jansson.h>

/* What one name says of one type. */
struct zone_set {
	enum dns_type type;
	enum dns_status status;
	struct dns_record *records;
	size_t n;
};

struct zone_name {
	ARENA_VEC(struct zone_set) sets;
	bool secure;
	enum dns_status rest; /* of types without a set: NODATA, or what "*" says */
};

struct zonefile {
	struct map names; /* of struct zone_name */
};

/* Where the reading stands, for the why. */
struct zone_reading {
	struct arena *arena;
	struct why *why;
	const char *name, *type;
};

static int refuse(const struct zone_reading *in, const char *what)
{
	return why_set(in->why, -EINVAL, "dns file: \"%s\" %s: %s", in->name, in->type, what);
}

static str json_str(const json_t *value)
{
	return str_of(json_string_value(value), json_string_length(value));
}

static void drop_json(json_t **json)
{
	json_decref(*json);
}

static bool read_ip(struct arena *a, str text, uint8_t family, str *ret)
{
	struct ip ip;

	if (!ip_parse(text, &ip) || ip.n != family)
		return false;
	*ret = arena_str(a, str_of(ip.bytes, ip.n));
	return true;
}

/* One character-string, or a list of them to be joined (RFC 7208 3.3). */
static bool read_txt(struct arena *a, const json_t *value, str *ret)
{
	struct strbuf b = strbuf_make(a, DNS_MAX_RDATA);

	if (json_is_string(value))
		strbuf_put(&b, json_str(value));
	else if (!json_is_array(value))
		return false;
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *part = json_array_get(value, i);

		if (!json_is_string(part))
			return false;
		strbuf_put(&b, json_str(part));
	}
	*ret = b.n ? strbuf_str(&b) : STR("");
	return !b.overflow;
}

/* "3 1 1 00ff..": the presentation format of RFC 6698 2.2. */
static bool read_tlsa(struct arena *a, str text, str *ret)
{
	struct strbuf b = strbuf_make(a, DNS_MAX_RDATA);
	uint64_t number;
	str word;

	for (int i = 0; i < 3; i++) {
		if (!str_split(&text, ' ', &word) || !num_u64_max(word, 255, &number))
			return false;
		strbuf_char(&b, (char)number);
	}
	if (text.n % 2 != 0)
		return false;
	for (size_t i = 0; i < text.n; i += 2) {
		if (!num_hex(str_sub(text, i, i + 2), &number))
			return false;
		strbuf_char(&b, (char)number);
	}
	*ret = strbuf_str(&b);
	return !b.overflow;
}

static bool read_mx(struct arena *a, const json_t *value, struct dns_record *ret)
{
	json_int_t pref = json_integer_value(json_array_get(value, 0));
	const json_t *host = json_array_get(value, 1);

	if (json_array_size(value) != 2 || !json_is_integer(json_array_get(value, 0)))
		return false;
	if (pref < 0 || pref > UINT16_MAX || !json_is_string(host))
		return false;
	ret->pref = (uint16_t)pref;
	return dnsname_normalise(a, json_str(host), &ret->value);
}

static bool read_record(struct arena *a, enum dns_type type, const json_t *value,
			struct dns_record *ret)
{
	if (type == DNS_MX)
		return read_mx(a, value, ret);
	if (type == DNS_TXT)
		return read_txt(a, value, &ret->value);
	if (!json_is_string(value))
		return false;
	switch (type) {
	case DNS_A:
		return read_ip(a, json_str(value), IP_V4, &ret->value);
	case DNS_AAAA:
		return read_ip(a, json_str(value), IP_V6, &ret->value);
	case DNS_TLSA:
		return read_tlsa(a, json_str(value), &ret->value);
	default:
		return dnsname_normalise(a, json_str(value), &ret->value);
	}
}

static int read_list(struct zone_reading *in, const json_t *list, struct zone_set *set)
{
	size_t n = json_array_size(list);

	if (n > DNS_MAX_RECORDS)
		return refuse(in, "too many records");
	set->status = n ? DNS_OK : DNS_NODATA;
	set->n = n;
	set->records = arena_array(in->arena, struct dns_record, n);
	for (size_t i = 0; i < n; i++) {
		struct dns_record *r = &set->records[i];

		if (!read_record(in->arena, set->type, json_array_get(list, i), r) ||
		    !dnscodec_record_fits(set->type, r->value))
			return refuse(in, "not a record of this type");
	}
	return 0;
}

static bool read_status(const json_t *value, enum dns_status *ret)
{
	return json_is_string(value) && dns_status_parse(json_str(value), ret) && *ret != DNS_OK;
}

static int read_set(struct zone_reading *in, const json_t *value, struct zone_name *name)
{
	struct zone_set set = { 0 };
	int r = 0;

	if (!dns_type_parse(str_c(in->type), &set.type))
		return refuse(in, "no such type; one of A AAAA CNAME MX PTR TLSA TXT * secure");
	if (json_is_array(value)) {
		r = read_list(in, value, &set);
	} else if (set.type == DNS_CNAME && json_is_string(value)) {
		set.status = DNS_OK;
		set.n = 1;
		set.records = arena_make(in->arena, struct dns_record);
		if (!dnsname_normalise(in->arena, json_str(value), &set.records[0].value))
			r = refuse(in, "not a name");
	} else if (!read_status(value, &set.status)) {
		r = refuse(in, "neither a list nor one of nodata nxdomain servfail timeout bogus");
	}
	if (r == 0)
		*arena_push(in->arena, &name->sets) = set;
	return r;
}

static int read_name(struct zone_reading *in, json_t *types, struct zone_name *name)
{
	const char *type;
	json_t *value;

	in->type = "";
	name->rest = DNS_NODATA;
	if (!json_is_object(types))
		return refuse(in, "is not an object from types to records");
	json_object_foreach(types, type, value)
	{
		int r = 0;

		in->type = type;
		if (strcmp(type, "*") == 0) {
			if (!read_status(value, &name->rest))
				r = refuse(in, "one of nodata nxdomain servfail timeout bogus");
		} else if (strcmp(type, "secure") == 0) {
			name->secure = json_is_true(value);
			if (!json_is_boolean(value))
				r = refuse(in, "true or false");
		} else {
			r = read_set(in, value, name);
		}
		if (r < 0)
			return r;
	}
	return 0;
}

int zonefile_parse(struct arena *a, str json, struct zonefile **ret, struct why *why)
{
	struct zone_reading in = { .arena = a, .why = why };
	struct zonefile *z = arena_make(a, struct zonefile);
	json_error_t error;
	cleanup(drop_json) json_t *root = json_loadb(
		json.p ? json.p : "", json.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
	json_t *types;

	if (!json_is_object(root))
		return why_set(why, -EINVAL, "dns file: %s (line %d, column %d)",
			       root ? "not a JSON object" : error.text, error.line, error.column);
	z->names = map_make(a);
	json_object_foreach(root, in.name, types)
	{
		struct zone_name *name = arena_make(a, struct zone_name);
		str key;
		int r;

		if (!dnsname_normalise(a, str_c(in.name), &key))
			return why_set(why, -EINVAL, "dns file: not a domain name: \"%s\"",
				       in.name);
		r = read_name(&in, types, name);
		if (r < 0)
			return r;
		if (map_set(&z->names, key, name))
			return why_set(why, -EINVAL, "dns file: \"%s\" stands there twice",
				       in.name);
	}
	*ret = z;
	return 0;
}

int zonefile_load(struct arena *a, const char *path, struct zonefile **ret, struct why *why)
{
	str json;
	int r;

	r = fd_read_path(path, a, ZONEFILE_MAX_BYTES, &json, why);
	if (r < 0)
		return r;
	r = zonefile_parse(a, json, ret, why);
	return r < 0 ? why_prefix(why, r, "%s", path) : 0;
}

static const struct zone_set *find_set(const struct zone_name *name, enum dns_type type)
{
	for (size_t i = 0; i < name->sets.n; i++)
		if (name->sets.v[i].type == type)
			return &name->sets.v[i];
	return NULL;
}

static struct dns_answer answer_with(const struct zone_set *set, str name, bool secure)
{
	struct dns_answer w = dns_no_answer(set->status, name);

	w.records = set->records;
	w.n = set->n;
	w.ttl = ZONEFILE_TTL;
	w.secure = secure;
	return w;
}

static struct dns_answer answer_one(const struct zonefile *z, str name, enum dns_type type)
{
	bool secure = true;

	for (int hop = 0; hop <= ZONEFILE_MAX_CNAMES; hop++) {
		const struct zone_name *at = map_get(&z->names, name);
		const struct zone_set *set, *alias;

		if (!at)
			at = map_get(&z->names, STR("*"));
		if (!at)
			return dns_no_answer(DNS_NXDOMAIN, name);
		secure = secure && at->secure;
		set = find_set(at, type);
		alias = find_set(at, DNS_CNAME);
		if (set)
			return answer_with(set, name, secure);
		if (!alias || alias->status != DNS_OK) {
			struct zone_set none = { .status = alias ? alias->status : at->rest };

			return answer_with(&none, name, secure);
		}
		name = alias->records[0].value;
	}
	return dns_no_answer(DNS_SERVFAIL, name);
}

static void lookup(void *ctx, struct arena *a, const struct dns_question *q, size_t n,
		   deadline d unused_arg, struct dns_answer *ret)
{
	for (size_t i = 0; i < n; i++) {
		str name;

		if (dnsname_normalise(a, q[i].name, &name))
			ret[i] = answer_one(ctx, name, q[i].type);
		else
			ret[i] = dns_no_answer(DNS_NXDOMAIN, STR(""));
	}
}

struct dns_resolver zonefile_resolver(struct zonefile *z)
{
	return (struct dns_resolver){ .lookup = lookup, .ctx = z };
}
