#include "inspect/inspect_private.h"

enum { SCRATCH_BASE = 256 << 20, SCRATCH_FACTOR = 16 };

/* Where a slice of the message stands in it; what is none stands where otherwise says. */
uint64_t walk_offset(const struct walk *w, str slice, uint64_t otherwise)
{
	uintptr_t at = (uintptr_t)slice.p, start = (uintptr_t)w->message.p;

	return slice.n && at >= start && at - start < w->message.n ? at - start : otherwise;
}

void walk_find(struct walk *w, enum finding what, uint32_t part, str evidence)
{
	struct facts_finding *f;

	if (w->found[what] >= WALK_SAME_FINDING_MAX || w->facts->findings.n >= FACTS_MAX_FINDINGS)
		return;
	w->found[what]++;
	f = arena_push(w->arena, &w->facts->findings);
	f->name = findings_name(what);
	f->evidence = arena_str(w->arena, str_sub(evidence, 0, FACTS_MAX_EVIDENCE));
	f->part = part;
	f->offset = walk_offset(w, evidence, walk_part(w, part)->offset);
}

void walk_limit(struct walk *w, str name)
{
	for (size_t i = 0; i < w->facts->limits_hit.n; i++) {
		if (str_eq(w->facts->limits_hit.v[i], name))
			return;
	}
	*arena_push(w->arena, &w->facts->limits_hit) = name;
}

struct facts_part *walk_part(struct walk *w, uint32_t index)
{
	return &w->facts->parts.v[index];
}

uint32_t walk_add_part(struct walk *w, uint32_t parent, char separator, uint32_t number)
{
	uint32_t index = (uint32_t)w->facts->parts.n;
	struct facts_part *p;

	if (index >= w->limits.max_parts) {
		walk_limit(w, STR("mime.parts"));
		walk_find(w, FINDING_MIME_TOO_MANY_PARTS, parent, STR(""));
		return WALK_NO_PART;
	}
	p = arena_push(w->arena, &w->facts->parts);
	p->parent = parent;
	p->offset = w->facts->parts.v[parent].offset;
	if (index == 0) {
		p->path = STR("1");
	} else {
		str path = w->facts->parts.v[parent].path;

		p->path = arena_fmt(w->arena, "%.*s%c%u", STR_ARG(path), separator, number);
	}
	p->type = p->detected = p->filename = STR("");
	return index;
}

static bool is_known(const struct map *hits, uint32_t id)
{
	return map_get(hits, str_of(&id, sizeof(id)));
}

static struct facts_hit new_hit(struct walk *w, struct map *hits, uint32_t id, str evidence,
				uint32_t part)
{
	uint32_t *key = arena_make(w->arena, uint32_t);

	*key = id;
	(void)map_set(hits, str_of(key, sizeof(*key)), key);
	return (struct facts_hit){ id,
				   arena_str(w->arena, str_sub(evidence, 0, FACTS_MAX_EVIDENCE)),
				   part };
}

void walk_hit(struct walk *w, uint32_t id, str evidence, uint32_t part)
{
	if (is_known(&w->hits, id))
		return;
	if (w->facts->hits.n >= FACTS_MAX_HITS)
		walk_limit(w, STR("patterns.hits"));
	else
		*arena_push(w->arena, &w->facts->hits) = new_hit(w, &w->hits, id, evidence, part);
}

struct hit_context {
	struct walk *w;
	uint32_t part;
};

static void on_hit(void *ctx, uint32_t id, str evidence)
{
	const struct hit_context *c = ctx;

	walk_hit(c->w, id, evidence, c->part);
}

/* What a candidate looks for touches nothing that judges, and no limit of it. One scan ends at
 * PATTERNS_MAX_HITS, so that many may be more. */
_Static_assert((int)PATTERNS_MAX_HITS >= (int)FACTS_MAX_HITS, "a scan may fill all of it");

static void on_candidate_hit(void *ctx, uint32_t id, str evidence)
{
	const struct hit_context *c = ctx;
	struct facts_candidate *f = &c->w->facts->candidate;

	if (is_known(&c->w->candidate_hits, id))
		return;
	if (f->hits.n + 1 >= FACTS_MAX_HITS)
		f->set = 0;
	else
		*arena_push(c->w->arena, &f->hits) =
			new_hit(c->w, &c->w->candidate_hits, id, evidence, c->part);
}

void walk_scan(struct walk *w, enum pattern_scope scope, str header, str text, uint32_t part)
{
	struct hit_context c = { w, part };

	if (scope == PATTERN_MACRO || scope == PATTERN_SCRIPT)
		inspect_yara_source(w, part, scope, text);
	if (w->patterns)
		patterns_scan(w->patterns, scope, header, text, on_hit, &c);
	if (w->limits.candidate)
		patterns_scan(w->limits.candidate, scope, header, text, on_candidate_hit, &c);
}

/* Growing and converting takes several times what the limits let through. */
struct arena *walk_scratch(const struct walk *w)
{
	return arena_new("inspect scratch",
			 SCRATCH_BASE + (w->limits.max_unpacked_bytes + w->facts->message_size) *
						SCRATCH_FACTOR);
}

/* Those for other services have half of the room, and are counted apart. */
static bool takes_extract(struct walk *w, enum facts_extract_kind kind, str bytes)
{
	bool scanner = kind == FACTS_EXTRACT_SCANNER;
	uint64_t *used = scanner ? &w->extracted_scanner : &w->extracted;
	uint32_t *n = scanner ? &w->n_scanner : &w->n_extracts;

	if (*n >= (scanner ? FACTS_MAX_SCANNER_EXTRACTS
			   : FACTS_MAX_EXTRACTS - FACTS_MAX_SCANNER_EXTRACTS) ||
	    bytes.n > (scanner ? FACTS_MAX_SCANNER_BYTES
			       : FACTS_MAX_EXTRACT_BYTES - FACTS_MAX_SCANNER_BYTES) -
			      *used)
		return false;
	*used += bytes.n;
	(*n)++;
	return true;
}

bool walk_extract(struct walk *w, uint32_t part, enum facts_extract_kind kind, str bytes)
{
	if (!takes_extract(w, kind, bytes)) {
		if (kind == FACTS_EXTRACT_ANTIVIRUS)
			walk_limit(w, STR("extracts.antivirus"));
		if (kind == FACTS_EXTRACT_SCANNER)
			walk_limit(w, STR(FACTS_LIMIT_SCANNER));
		return false;
	}
	*arena_push(w->arena, &w->facts->extracts) =
		(struct facts_extract){ kind, part, (uint32_t)bytes.n, arena_str(w->arena, bytes) };
	return true;
}

void walk_note(struct walk *w, str type, uint32_t part)
{
	if (w->limits.note)
		snprintf(w->limits.note, FACTS_NOTE_BYTES, "%.*s in %.*s", STR_ARG(type),
			 STR_ARG(walk_part(w, part)->path));
}

void walk_spend(struct walk *w, uint64_t bytes)
{
	w->budget -= bytes < w->budget ? bytes : w->budget;
}
