/* What a signature's field is taken for keeps the promises of dkimsig.h, as each kind. */
#include "dkim/dkimsig.h"
#include "dkim/taglist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Holes in h= are passed over in ARC. */
static void check(enum dkimsig_kind kind, const struct dkimsig *s)
{
	str rest = s->fields, name;
	bool from = false;

	bug_if(s->domain.n == 0 || s->selector.n == 0 || s->signature.n == 0);
	bug_if(s->signature.n > DKIMSIG_MAX_SIGNATURE);
	bug_if(str_chr(s->domain, '.') == STR_NONE);
	bug_if(s->has_time && s->has_expiry && s->expiry <= s->time);
	bug_if(s->identity.n && str_chr(s->identity, '@') == STR_NONE);
	while (s->fields.n && taglist_item(&rest, &name)) {
		bug_if(name.n == 0 && kind != DKIMSIG_ARC_MESSAGE);
		from |= str_caseeq(name, STR("from"));
	}
	bug_if(from != s->signs_from);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int kind = DKIMSIG_DKIM; kind <= DKIMSIG_ARC_SEAL; kind++) {
		cleanup(arena_freep) struct arena *a = arena_new("fuzz", 1 << 26);
		struct dkimsig s;

		if (!dkimsig_parse(a, (enum dkimsig_kind)kind, str_of(data, size), &s))
			check((enum dkimsig_kind)kind, &s);
		bug_if(!s.domain.p || !s.identity.p || !s.cv.p || !s.algorithm_text.p);
	}
	return 0;
}
