#include "inspect/inspect_fuzzy.h"

#include "fuzzy/fuzzybody.h"
#include "mime/fold.h"

enum {
	DOCUMENT_BYTES = 64 << 10, /* of one stretch of text */
	FILE_BYTES = 256,	   /* smaller files are empty forms */
};

static void add(struct walk *w, struct fuzzytext *t, str text, bool body)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct fold_facts ignored;

	text = body ? fuzzybody_of(scratch, text) : str_sub(text, 0, DOCUMENT_BYTES);
	fuzzytext_add(t, fold_text(scratch, text, &ignored));
}

void inspect_fuzzy_text(struct walk *w, str text)
{
	if (!w->fuzzy.text)
		w->fuzzy.text = fuzzytext_new(w->arena);
	if (!fuzzytext_full(w->fuzzy.text))
		add(w, w->fuzzy.text, text, true);
}

static struct fuzzytext *document_of(struct walk *w, uint32_t index)
{
	size_t n = w->fuzzy.documents.n;

	for (size_t i = 0; i < n; i++) {
		if (w->fuzzy.documents.v[i].part == index)
			return w->fuzzy.documents.v[i].text;
	}
	if (n == INSPECT_FUZZY_DOCUMENTS)
		return NULL;
	*arena_push(w->arena, &w->fuzzy.documents) =
		(struct walk_document){ index, fuzzytext_new(w->arena) };
	return w->fuzzy.documents.v[n].text;
}

void inspect_fuzzy_document(struct walk *w, uint32_t index, str text)
{
	struct fuzzytext *t;

	if (!str_trim(text).n)
		return;
	t = document_of(w, index);
	if (t && !fuzzytext_full(t))
		add(w, t, text, false);
}

/* What runs, or opens something that runs. Pictures, cards and signatures come with honest mail
 * of the same people. */
static bool is_file(const struct facts_part *p)
{
	enum magic_family family = magic_family_of(p->detected);

	return p->flags & FACTS_PART_ATTACHMENT && p->size >= FILE_BYTES &&
	       (family == MAGIC_PROGRAM || family == MAGIC_SCRIPT || family == MAGIC_ARCHIVE ||
		family == MAGIC_COMPRESSED || family == MAGIC_OFFICE || family == MAGIC_PDF);
}

static void keep(struct walk *w, const struct fuzzy_digest *d)
{
	if (w->facts->fuzzy.n < FUZZY_DIGESTS_MAX)
		*arena_push(w->arena, &w->facts->fuzzy) = *d;
}

void inspect_fuzzy_end(struct walk *w)
{
	struct fuzzy_digest d;

	if (w->fuzzy.text && fuzzytext_digest(w->fuzzy.text, FUZZY_TEXT, 0, &d))
		keep(w, &d);
	for (size_t i = 0; i < w->fuzzy.documents.n; i++) {
		const struct walk_document *x = &w->fuzzy.documents.v[i];

		if (fuzzytext_digest(x->text, FUZZY_DOCUMENT, x->part, &d))
			keep(w, &d);
	}
	for (uint32_t i = 0; i < w->facts->parts.n; i++) {
		if (!is_file(walk_part(w, i)))
			continue;
		d = fuzzy_of_file(i, walk_part(w, i)->sha256);
		keep(w, &d);
	}
}
