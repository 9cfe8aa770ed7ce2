#include "inspect/inspect_private.h"

#include "inspect/yarascan.h"

struct context {
	struct walk *w;
	uint32_t part;
};

static bool has_tag(const char *tags, const char *tag)
{
	for (; tags && *tags; tags += strlen(tags) + 1) {
		if (strcmp(tags, tag) == 0)
			return true;
	}
	return false;
}

/* Source may be scanned where it stands and once more as it was decoded. */
static bool is_known(const struct facts *f, str rule, uint32_t part)
{
	for (size_t i = 0; i < f->findings.n; i++) {
		const struct facts_finding *x = &f->findings.v[i];

		if (x->part == part && str_eq(x->evidence, rule) &&
		    str_starts(x->name, STR("YARA_")))
			return true;
	}
	return false;
}

/* What a rule's tag says decides; rule files may ask for it by name besides. */
static void on_hit(void *ctx, str rule, const char *tags)
{
	struct context *c = ctx;
	enum finding what = FINDING_YARA_MATCH;

	if (is_known(c->w->facts, rule, c->part))
		return;
	if (has_tag(tags, "reject"))
		what = FINDING_YARA_REJECT;
	else if (has_tag(tags, "note"))
		what = FINDING_YARA_NOTE;
	walk_find(c->w, what, c->part, rule);
	walk_scan(c->w, PATTERN_YARA, STR(""), rule, c->part);
}

static void run(struct walk *w, uint32_t part, enum yarascan_kind kind, str bytes)
{
	struct context c = { w, part };

	if (!yarascan_run(w->limits.yara, kind, bytes, on_hit, &c))
		walk_find(w, FINDING_YARA_INCOMPLETE, part, walk_part(w, part)->path);
}

void inspect_yara_file(struct walk *w, uint32_t index, str bytes, struct magic m)
{
	if (!w->limits.yara)
		return;
	run(w, index, YARASCAN_ANY, bytes);
	if (m.family == MAGIC_PDF)
		run(w, index, YARASCAN_PDF, bytes);
	else if (m.family == MAGIC_OFFICE)
		run(w, index, YARASCAN_OFFICE, bytes);
	else if (m.family == MAGIC_MARKUP)
		run(w, index, YARASCAN_MARKUP, bytes);
	else if (m.family == MAGIC_PROGRAM)
		run(w, index, YARASCAN_PROGRAM, bytes);
	else if (m.family == MAGIC_SCRIPT)
		inspect_yara_source(w, index, PATTERN_SCRIPT, bytes);
}

void inspect_yara_source(struct walk *w, uint32_t part, enum pattern_scope scope, str source)
{
	if (!w->limits.yara)
		return;
	if (scope == PATTERN_SCRIPT)
		run(w, part, YARASCAN_SCRIPT, source);
	run(w, part, YARASCAN_MACRO, source);
}
