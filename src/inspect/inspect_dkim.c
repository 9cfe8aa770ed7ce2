#include "dkim/dkimhash.h"
#include "inspect/inspect_private.h"

void inspect_dkim_read(struct walk *w)
{
	struct dkimhash_message *m;

	if (!facts_header(w->facts, STR("DKIM-Signature")))
		return;
	m = dkimhash_open(w->arena, w->message);
	w->facts->signatures.v = dkimhash_signatures(m, &w->facts->signatures.n);
	w->facts->signatures.cap = w->facts->signatures.n;
}
