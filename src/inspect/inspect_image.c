#include "inspect/inspect_private.h"

#include "inspect/inspect_url.h"

enum {
	LEAST_BYTES = 96,    /* no picture of a QR code is smaller */
	PICTURE_BYTES = 256, /* with something to see in it, and no dot to count readers */
	FEW_LETTERS = 40,
};

static bool same_bytes(const struct facts_part *a, const struct facts_part *b)
{
	return a->size == b->size && memcmp(a->sha256, b->sha256, sizeof(a->sha256)) == 0;
}

static bool handed_over(const struct walk *w, uint32_t index)
{
	const struct facts *f = w->facts;

	for (size_t i = 0; i < f->extracts.n; i++) {
		if (f->extracts.v[i].kind == FACTS_EXTRACT_IMAGE &&
		    same_bytes(&f->parts.v[f->extracts.v[i].part], &f->parts.v[index]))
			return true;
	}
	return false;
}

void inspect_image_open(struct walk *w, uint32_t index, str bytes, struct magic m, uint32_t depth)
{
	(void)depth;
	if (bytes.n < LEAST_BYTES || handed_over(w, index))
		return;
	if (!walk_extract(w, index, FACTS_EXTRACT_IMAGE, bytes))
		walk_find(w, FINDING_IMAGE_UNREAD, index,
			  arena_fmt(w->arena, "%.*s: too many images", STR_ARG(m.type)));
}

static bool is_picture(const struct facts_part *p)
{
	return p->size >= PICTURE_BYTES && str_starts(p->detected, STR("image/"));
}

/* Something that is opened by who reads the message. */
static bool is_file(const struct facts_part *p)
{
	return p->flags & FACTS_PART_ATTACHMENT && !str_starts(p->detected, STR("image/"));
}

static bool has_letters(str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n && n < FEW_LETTERS; i++)
		n += !str_is_space(text.p[i]);
	return n >= FEW_LETTERS;
}

void inspect_image_check_only(struct walk *w)
{
	uint32_t picture = 0;
	size_t pictures = 0;

	for (uint32_t i = 0; i < w->facts->parts.n; i++) {
		const struct facts_part *p = walk_part(w, i);

		if (is_file(p))
			return;
		if (is_picture(p)) {
			picture = i;
			pictures++;
		}
	}
	if (!pictures || has_letters(strbuf_str(&w->text)))
		return;
	walk_find(w, FINDING_PICTURES_ONLY, picture, walk_part(w, picture)->detected);
	if (pictures == 1)
		walk_find(w, FINDING_IMAGE_ONLY, picture, walk_part(w, picture)->detected);
}

static void read_codes(struct walk *w, uint32_t root, const str *codes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		walk_find(w, FINDING_IMAGE_QR_CODE, root, codes[i]);
		inspect_url_search(w, root, FACTS_URL_QR, codes[i]);
	}
	if (w->facts->urls.n)
		walk_find(w, FINDING_IMAGE_QR_LINK, root, w->facts->urls.v[0].url);
}

void inspect_codes(struct arena *a, enum facts_url_where where, const str *codes, size_t n,
		   struct patterns *patterns, const struct inspect_limits *limits,
		   struct facts *ret)
{
	struct walk w = {
		.arena = a,
		.facts = ret,
		.patterns = patterns,
		.limits = *limits,
		.text = strbuf_make(a, FACTS_MAX_TEXT),
		.hits = map_make(a),
		.candidate_hits = map_make(a),
		.boundaries = map_make(a),
	};
	uint32_t root;

	*ret = (struct facts){ .candidate.set = limits->candidate_set };
	root = walk_add_part(&w, 0, '.', 1);
	if (where == FACTS_URL_QR)
		read_codes(&w, root, codes, n);
	for (size_t i = 0; i < n && where == FACTS_URL_HOP; i++)
		inspect_url_found(&w, root, FACTS_URL_HOP, codes[i], STR(""));
}
