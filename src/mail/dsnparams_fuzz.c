/* Parameters that are taken are written and read again as the same, within the limits; and
 * what a report would repeat of them holds no control character. */
#include "mail/dsnparams.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_decoded(struct arena *a, str xtext)
{
	struct strbuf b = strbuf_make(a, DSNPARAMS_ORCPT_MAX);

	bug_if(!dsnparams_decode(xtext, &b) || b.overflow);
	for (size_t i = 0; i < b.n; i++)
		bug_if((unsigned char)b.p[i] < ' ' || b.p[i] == 0x7f);
}

static void check_mail(struct arena *a, str text)
{
	struct strbuf b = strbuf_make(a, DSNPARAMS_MAIL_MAX);
	struct dsnparams_mail p, again;

	if (dsnparams_parse_mail(text, &p) != DSNPARAMS_OK)
		return;
	dsnparams_put_mail(&b, p);
	bug_if(b.overflow || dsnparams_parse_mail(strbuf_str(&b), &again) != DSNPARAMS_OK);
	bug_if(p.ret != again.ret || !str_eq(p.envid, again.envid));
	check_decoded(a, p.envid);
}

static void check_rcpt(struct arena *a, str text)
{
	struct strbuf b = strbuf_make(a, DSNPARAMS_RCPT_MAX);
	struct dsnparams_rcpt p, again;

	if (dsnparams_parse_rcpt(text, &p) != DSNPARAMS_OK)
		return;
	dsnparams_put_rcpt(&b, p);
	bug_if(b.overflow || dsnparams_parse_rcpt(strbuf_str(&b), &again) != DSNPARAMS_OK);
	bug_if(p.notify != again.notify || !str_eq(p.orcpt, again.orcpt));
	check_decoded(a, p.orcpt);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 16 << 20);
	struct strbuf any = strbuf_make(a, size);
	str in = str_of(data, size);

	check_mail(a, in);
	check_rcpt(a, in);
	if (dsnparams_decode(in, &any))
		bug_if(any.overflow);
	return 0;
}
