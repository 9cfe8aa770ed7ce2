#include "lists/listfeed_private.h"

#include <errno.h>
#include <jansson.h>

static str member(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? str_of(json_string_value(v), json_string_length(v)) : STR("");
}

/* [{"url": "...", "verified": "yes", "online": "yes", "target": "..."}] */
static void phishtank(struct listfeed *f, const json_t *root)
{
	for (size_t i = 0; i < json_array_size(root); i++) {
		const json_t *o = json_array_get(root, i);

		if (str_eq(member(o, "verified"), STR("yes")) &&
		    str_eq(member(o, "online"), STR("yes")))
			listfeed_add(f, LISTFEED_URL, member(o, "url"), member(o, "target"));
		else
			f->count.left_out++;
	}
}

/* --- MISP --- */

/* The half of "name|hash" that is meant. */
enum half { WHOLE, FIRST, SECOND };

static const struct {
	str type;
	enum listfeed_what what;
	enum half half;
} misp_types[] = {
	{ STR("url"), LISTFEED_URL, WHOLE },
	{ STR("domain"), LISTFEED_DOMAIN, WHOLE },
	{ STR("hostname"), LISTFEED_DOMAIN, WHOLE },
	{ STR("domain|ip"), LISTFEED_DOMAIN, FIRST },
	{ STR("hostname|port"), LISTFEED_DOMAIN, FIRST },
	{ STR("ip-src"), LISTFEED_ADDRESS, WHOLE },
	{ STR("ip-dst"), LISTFEED_ADDRESS, WHOLE },
	{ STR("ip-src|port"), LISTFEED_ADDRESS, FIRST },
	{ STR("ip-dst|port"), LISTFEED_ADDRESS, FIRST },
	{ STR("sha256"), LISTFEED_SHA256, WHOLE },
	{ STR("filename|sha256"), LISTFEED_SHA256, SECOND },
};

static str half_of(str value, enum half half)
{
	size_t bar = str_rchr(value, '|');

	if (half == WHOLE || bar == STR_NONE)
		return value;
	return half == FIRST ? str_sub(value, 0, bar) : str_skip(value, bar + 1);
}

static void misp_attribute(struct listfeed *f, const json_t *o)
{
	str type = member(o, "type");

	for (size_t i = 0; json_is_true(json_object_get(o, "to_ids")) && i < ARRAY_LEN(misp_types);
	     i++) {
		if (str_eq(type, misp_types[i].type)) {
			listfeed_add(f, misp_types[i].what,
				     half_of(member(o, "value"), misp_types[i].half),
				     member(o, "comment"));
			return;
		}
	}
	f->count.left_out++;
}

/* Events hold attributes, and objects that hold some; exports wrap them in several ways. */
static void misp(struct listfeed *f, json_t *v, unsigned depth)
{
	const json_t *attributes = json_object_get(v, "Attribute");

	if (depth > LISTFEED_DEPTH)
		return;
	for (size_t i = 0; i < json_array_size(attributes); i++)
		misp_attribute(f, json_array_get(attributes, i));
	for (size_t i = 0; i < json_array_size(v); i++)
		misp(f, json_array_get(v, i), depth + 1);
	for (void *at = json_object_iter(v); at; at = json_object_iter_next(v, at)) {
		if (strcmp(json_object_iter_key(at), "Attribute") != 0)
			misp(f, json_object_iter_value(at), depth + 1);
	}
}

/* --- STIX 2.1 4.7 --- */

static void stix(struct listfeed *f, const json_t *root)
{
	const json_t *objects = json_object_get(root, "objects");

	for (size_t i = 0; i < json_array_size(objects); i++) {
		const json_t *o = json_array_get(objects, i);
		str type = member(o, "pattern_type");

		if (!str_eq(member(o, "type"), STR("indicator")))
			continue;
		if (json_is_true(json_object_get(o, "revoked")) ||
		    (type.n && !str_eq(type, STR("stix"))))
			f->count.left_out++;
		else
			listfeed_stix_pattern(f, member(o, "pattern"), member(o, "name"));
	}
}

/* jansson calls itself for each level, on the stack of a small thread. */
static bool too_deep(str in)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < in.n && depth <= LISTFEED_NESTING; i++) {
		char c = in.p[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '[' || c == '{'))
			depth++;
		else if (!quoted && (c == ']' || c == '}') && depth > 0)
			depth--;
	}
	return depth > LISTFEED_NESTING;
}

static json_t *load(str in, struct why *why)
{
	json_error_t error;
	json_t *root = NULL;

	if (too_deep(in)) {
		why_set(why, -EINVAL, "JSON nested more than %d deep", LISTFEED_NESTING);
		return NULL;
	}
	root = json_loadb(in.p ? in.p : "", in.n, 0, &error);
	if (!root)
		why_set(why, -EINVAL, "not JSON: %s (line %d, column %d)", error.text, error.line,
			error.column);
	return root;
}

int listfeed_taxii(struct arena *a, str in, str until, struct strbuf *out,
		   struct listfeed_count *count, struct listfeed_page *ret, struct why *why)
{
	struct listfeed f = { .arena = a, .until = until, .out = out, .count = *count };
	json_t *root = load(in, why);
	json_t *objects = json_object_get(root, "objects");

	if (!root)
		return -EINVAL;
	/* An envelope without objects is an empty one (TAXII 2.1 3.7). */
	if (!json_is_object(root) || (objects && !json_is_array(objects))) {
		json_decref(root);
		return why_set(why, -EINVAL, "no envelope of TAXII 2.1");
	}
	f.seen = map_make(a);
	stix(&f, root);
	*ret = (struct listfeed_page){ json_is_true(json_object_get(root, "more")),
				       arena_str(a, member(root, "next")),
				       json_array_size(objects) };
	*count = f.count;
	json_decref(root);
	return out->overflow ? why_set(why, -EFBIG, "too many entries") : 0;
}

int listfeed_json_read(struct listfeed *f, enum listfeed_format format, str in)
{
	json_t *root = load(in, f->why);

	if (!root)
		return -EINVAL;
	if (format == LISTFEED_PHISHTANK_JSON)
		phishtank(f, root);
	else if (format == LISTFEED_MISP)
		misp(f, root, 0);
	else
		stix(f, root);
	json_decref(root);
	if (f->count.entries == 0)
		return why_set(f->why, -EINVAL, "nothing in it is an entry of %.*s",
			       STR_ARG(listfeed_name(format)));
	return 0;
}
