#include "inspect/patterns.h"

#include "base/reader.h"
#include "base/strbuf.h"

#include <errno.h>
#include <hs/hs.h>
#include <stdlib.h>

/* The blob: magic, number of groups, then per group its scope, its header name and its
 * serialised vectorscan database, then perhaps a text. A group is one scope, for headers
 * one field name. */
enum {
	MAGIC = 0x31544150, /* "PAT1" */
	GROUPS_MAX = 1000,
	HEADER_NAME_MAX = 200,
	BLOB_MAX = 512 << 20,
	TEXT_MAX = 4 << 20,
	EVIDENCE_BEFORE = 60, /* bytes kept before the end of a match */
};

struct group {
	enum pattern_scope scope;
	str header; /* malloc'ed with the set */
	hs_database_t *db;
};

struct patterns {
	struct group *groups;
	size_t n;
	hs_scratch_t *scratch;
	str text; /* malloc'ed with the set */
};

static bool same_group(const struct pattern *a, const struct pattern *b)
{
	return a->scope == b->scope &&
	       (a->scope != PATTERN_HEADER || str_caseeq(a->header, b->header));
}

/* The arguments of hs_compile_multi for one group. */
struct batch {
	const char **regex;
	unsigned *flags, *ids;
	size_t *index; /* into the caller's list */
	unsigned n;
};

static bool collect(struct arena *a, const struct pattern *list, size_t n, size_t first,
		    struct batch *b)
{
	b->n = 0;
	for (size_t i = first; i < n; i++) {
		if (!same_group(&list[i], &list[first]))
			continue;
		b->regex[b->n] = arena_cz(a, list[i].regex);
		/* Bytes, not characters: what is scanned may be no UTF-8. */
		b->flags[b->n] = HS_FLAG_SINGLEMATCH | HS_FLAG_DOTALL |
				 (list[i].caseless ? HS_FLAG_CASELESS : 0);
		b->ids[b->n] = list[i].id;
		b->index[b->n] = i;
		if (!b->regex[b->n])
			return false;
		b->n++;
	}
	return true;
}

str patterns_maker(struct arena *a)
{
	hs_platform_info_t p = { 0 };

	if (hs_populate_platform(&p) != HS_SUCCESS)
		return str_c(hs_version());
	return arena_fmt(a, "%s, %u, %llx", hs_version(), p.tune,
			 (unsigned long long)p.cpu_features);
}

const char *patterns_refuses(struct arena *a, str regex)
{
	hs_compile_error_t *error = NULL;
	hs_expr_info_t *info = NULL;
	const char *why = NULL;

	if (str_chr(regex, '\0') != STR_NONE)
		return "NUL byte in an expression";
	if (hs_expression_info(arena_cz(a, regex), HS_FLAG_SINGLEMATCH | HS_FLAG_DOTALL, &info,
			       &error) != HS_SUCCESS) {
		why = arena_fmt(a, "%s", error->message).p;
		hs_free_compile_error(error);
	} else if (info->min_width == 0) {
		why = "it matches the empty text";
	}
	free(info);
	return why;
}

static void put_group(struct strbuf *out, const struct pattern *p, hs_database_t *db)
{
	size_t size = 0;
	char *bytes = NULL;
	hs_error_t e = hs_serialize_database(db, &bytes, &size);

	bug_if(e != HS_SUCCESS);
	strbuf_le(out, p->scope, 4);
	strbuf_le(out, (uint32_t)(p->scope == PATTERN_HEADER ? p->header.n : 0), 4);
	strbuf_put(out, p->scope == PATTERN_HEADER ? p->header : STR(""));
	strbuf_le(out, (uint32_t)size, 4);
	strbuf_put(out, str_of(bytes, size));
	free(bytes);
}

static int compile_group(struct strbuf *out, const struct pattern *first, const struct batch *b,
			 size_t *ret_bad, struct why *why)
{
	hs_compile_error_t *error = NULL;
	hs_database_t *db = NULL;
	hs_error_t e = hs_compile_multi(b->regex, b->flags, b->ids, b->n, HS_MODE_BLOCK, NULL, &db,
					&error);

	if (e != HS_SUCCESS) {
		int at = error->expression;

		*ret_bad = b->index[at >= 0 ? at : 0];
		why_set(why, 0, "%s", error->message);
		hs_free_compile_error(error);
		return PATTERNS_E_SYNTAX;
	}
	put_group(out, first, db);
	hs_free_database(db);
	return PATTERNS_OK;
}

static int bad_pattern(size_t index, const char *what, size_t *ret_bad, struct why *why)
{
	*ret_bad = index;
	why_set(why, 0, "%s", what);
	return PATTERNS_E_SYNTAX;
}

/* The first of its group compiles it whole. */
static bool starts_group(const struct pattern *list, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (same_group(&list[k], &list[i]))
			return false;
	}
	return true;
}

int patterns_compile(struct arena *a, const struct pattern *list, size_t n, str *ret_blob,
		     size_t *ret_bad, struct why *why)
{
	struct batch b = { arena_array(a, const char *, n), arena_array(a, unsigned, n),
			   arena_array(a, unsigned, n), arena_array(a, size_t, n), 0 };
	struct strbuf out = strbuf_make(a, BLOB_MAX);
	uint32_t groups = 0;

	strbuf_le(&out, MAGIC, 4);
	strbuf_le(&out, 0, 4);
	for (size_t i = 0; i < n; i++) {
		int r;

		if (!starts_group(list, i))
			continue;
		if (list[i].header.n > HEADER_NAME_MAX || ++groups > GROUPS_MAX)
			return bad_pattern(i, "too many header names, or too long a one", ret_bad,
					   why);
		if (!collect(a, list, n, i, &b))
			return bad_pattern(i, "NUL byte in an expression", ret_bad, why);
		r = compile_group(&out, &list[i], &b, ret_bad, why);
		if (r != PATTERNS_OK)
			return r;
	}
	if (out.overflow)
		return bad_pattern(0, "the compiled expressions are too large", ret_bad, why);
	for (size_t i = 0; i < 4; i++)
		out.p[4 + i] = (char)(groups >> (8 * i));
	*ret_blob = strbuf_str(&out);
	return PATTERNS_OK;
}

str patterns_with_text(struct arena *a, str blob, str text)
{
	struct strbuf b = strbuf_make(a, blob.n + 4 + TEXT_MAX);

	text = str_sub(text, 0, TEXT_MAX);
	strbuf_put(&b, blob);
	strbuf_le(&b, (uint32_t)text.n, 4);
	strbuf_put(&b, text);
	return strbuf_str(&b);
}

str patterns_text(const struct patterns *p)
{
	return p->text;
}

static str copy(str s)
{
	char *p = malloc(s.n + 1);

	bug_if(!p);
	if (s.n)
		memcpy(p, s.p, s.n);
	return str_of(p, s.n);
}

static bool load_group(struct reader *r, struct group *g)
{
	uint32_t scope = reader_u32le(r);
	str header = reader_lstr(r, HEADER_NAME_MAX);
	str db = reader_lstr(r, BLOB_MAX);

	if (r->bad || scope >= PATTERN_SCOPES)
		return false;
	g->scope = (enum pattern_scope)scope;
	g->header = copy(header);
	return hs_deserialize_database(db.p, db.n, &g->db) == HS_SUCCESS;
}

int patterns_load(str blob, struct patterns **ret, struct why *why)
{
	struct reader r = reader_make(blob);
	uint32_t magic = reader_u32le(&r);
	uint32_t groups = reader_u32le(&r);
	struct patterns *p;

	if (r.bad || magic != MAGIC || groups > GROUPS_MAX)
		return why_set(why, -EINVAL, "patterns: not a compiled pattern file");
	if (hs_valid_platform() != HS_SUCCESS)
		return why_set(why, -EINVAL, "patterns: this processor lacks SSE4.2");
	p = calloc(1, sizeof(*p));
	bug_if(!p);
	p->groups = calloc(groups + 1, sizeof(*p->groups));
	bug_if(!p->groups);
	for (uint32_t i = 0; i < groups; i++) {
		p->n++;
		if (!load_group(&r, &p->groups[i]) ||
		    hs_alloc_scratch(p->groups[i].db, &p->scratch) != HS_SUCCESS) {
			patterns_free(p);
			return why_set(why, -EINVAL,
				       "patterns: made by another version or machine");
		}
	}
	if (reader_left(&r))
		p->text = copy(reader_lstr(&r, TEXT_MAX));
	*ret = p;
	return 0;
}

struct patterns *patterns_free(struct patterns *p)
{
	if (!p)
		return NULL;
	for (size_t i = 0; i < p->n; i++) {
		hs_free_database(p->groups[i].db);
		free((void *)(uintptr_t)p->groups[i].header.p);
	}
	hs_free_scratch(p->scratch);
	free(p->groups);
	free((void *)(uintptr_t)p->text.p);
	free(p);
	return NULL;
}

struct matches {
	patterns_hit_fn *hit;
	void *ctx;
	str text;
	size_t n;
};

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
		    void *ctx)
{
	struct matches *m = ctx;
	size_t start = to > EVIDENCE_BEFORE ? (size_t)to - EVIDENCE_BEFORE : 0;

	(void)from; /* expressions report where a match ends only */
	(void)flags;
	/* Not in the middle of a UTF-8 character. */
	while (start < to && ((unsigned char)m->text.p[start] & 0xc0) == 0x80)
		start++;
	m->hit(m->ctx, id, str_sub(m->text, start, (size_t)to));
	return ++m->n >= PATTERNS_MAX_HITS;
}

void patterns_scan(struct patterns *p, enum pattern_scope scope, str header, str text,
		   patterns_hit_fn *hit, void *ctx)
{
	struct matches m = { hit, ctx, text, 0 };

	text = str_sub(text, 0, UINT32_MAX);
	for (size_t i = 0; i < p->n; i++) {
		const struct group *g = &p->groups[i];

		if (g->scope != scope ||
		    (scope == PATTERN_HEADER && !str_caseeq(g->header, header)))
			continue;
		(void)hs_scan(g->db, text.p ? text.p : "", (unsigned)text.n, 0, p->scratch,
			      on_match, &m); /* HS_SCAN_TERMINATED: enough hits */
	}
}
