#include "inspect/inspect_private.h"

#include "mail/address.h"
#include "mail/msgid.h"

/* Does id hold that address? */
static bool holds(str id, const struct facts_address *a)
{
	size_t at = a->domain.n && a->local.n ? str_casefind(id, a->local) : STR_NONE;
	str behind = at == STR_NONE ? STR("") : str_skip(id, at + a->local.n);

	return str_starts(behind, STR("@")) && str_casestarts(str_skip(behind, 1), a->domain);
}

static void compare_recipients(struct walk *w, str id, const struct msgid *m, bool own)
{
	const struct facts *f = w->facts;

	for (size_t i = 0; i < f->addresses.n; i++) {
		const struct facts_address *a = &f->addresses.v[i];

		if (a->where != FACTS_TO)
			continue;
		if (holds(id, a)) {
			walk_find(w, FINDING_MID_CONTAINS_TO, 0, id);
			return;
		}
		if (!own && a->domain.n && str_caseeq(m->right, a->domain)) {
			walk_find(w, FINDING_MID_RHS_MATCH_TO, 0, id);
			return;
		}
	}
}

static void judge(struct walk *w, str id)
{
	static const struct {
		uint32_t flag;
		enum finding finding;
	} table[] = {
		{ MSGID_INVALID, FINDING_INVALID_MSGID },
		{ MSGID_NO_BRACKETS, FINDING_MID_MISSING_BRACKETS },
		{ MSGID_BARE_IP, FINDING_MID_BARE_IP },
		{ MSGID_IP_LITERAL, FINDING_MID_RHS_IP_LITERAL },
		{ MSGID_NOT_FQDN, FINDING_MID_RHS_NOT_FQDN },
	};
	const struct facts_address *from = inspect_sender_first(w->facts, FACTS_FROM);
	struct msgid m = msgid_read(id);
	bool own;

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (m.flags & table[i].flag)
			walk_find(w, table[i].finding, 0, id);
	}
	if (!(m.flags & ~(uint32_t)MSGID_NO_BRACKETS))
		w->facts->msgid_host = m.right;
	if (!from || !m.right.n || (m.flags & MSGID_INVALID))
		return;
	own = address_domains_related(m.right, from->domain);
	if (own)
		walk_find(w,
			  str_caseeq(m.right, from->domain) ? FINDING_MID_RHS_MATCH_FROM
							    : FINDING_MID_RHS_MATCH_FROMTLD,
			  0, id);
	if (holds(id, from))
		walk_find(w, FINDING_MID_CONTAINS_FROM, 0, id);
	else if (!own && !(m.flags & ~(uint32_t)MSGID_NO_BRACKETS))
		walk_find(w, FINDING_MID_DOMAIN_NEQ_FROM_DOMAIN, 0, id);
	compare_recipients(w, id, &m, own);
}

void inspect_msgid_judge(struct walk *w)
{
	const struct facts_header *h = facts_header(w->facts, STR("Message-ID"));

	if (h)
		judge(w, h->value);
}
