#include "inspect/inspect_private.h"

static bool has_any(const struct facts *f)
{
	static const str names[] = { STR("DKIM-Signature"), STR("ARC-Seal"),
				     STR("ARC-Message-Signature"),
				     STR("ARC-Authentication-Results") };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (facts_header(f, names[i]))
			return true;
	}
	return false;
}

static void prepare(struct walk *w, struct dkimhash_message *m, enum dkimsig_kind kind)
{
	struct facts_signing *s = &w->facts->signing;
	const char *problem = dkimsign_collect(w->arena, m, kind, &s->material);

	if (problem)
		*s = (struct facts_signing){ .problem = str_c(problem) };
}

void inspect_dkim_read(struct walk *w)
{
	uint32_t wants = w->limits.wants;
	bool sign = wants & INSPECT_WANTS_SIGNING, seal = wants & INSPECT_WANTS_SEALING;
	struct facts *f = w->facts;
	struct dkimhash_message *m;

	if (!has_any(f) && !sign && !seal)
		return;
	m = dkimhash_open(w->arena, w->message);
	if (sign || seal)
		prepare(w, m, sign ? DKIMSIG_DKIM : DKIMSIG_ARC_MESSAGE);
	f->signatures.v = dkimhash_signatures(m, &f->signatures.n);
	f->signatures.cap = f->signatures.n;
	arcset_find(w->arena, m, seal, &f->arc);
}
