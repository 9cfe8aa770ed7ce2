#include "scanner/dcc.h"

#include "scanner/exchange.h"

#include <errno.h>

enum { ENVELOPE_MAX = 16 << 10, RECIPIENTS_MAX = 100 };

/* A line of its own of what a stranger said; SMTP lets no line ends through. */
static str line_of(struct arena *a, str s)
{
	return arena_fmt(a, "%.*s\n", STR_ARG(str_sub(s, 0, str_chr(s, '\n'))));
}

/* A report counts recipients, so there are as many, under no name; to ask, none are needed. */
static str envelope(struct arena *a, const struct scannerrow *row, const struct scanner_envelope *e)
{
	struct strbuf b = strbuf_make(a, ENVELOPE_MAX);

	strbuf_fmt(&b, "header grey-off%s\n", row->report ? "" : " query");
	strbuf_put(&b, line_of(a, e->client_ip));
	strbuf_put(&b, line_of(a, e->helo));
	strbuf_put(&b, line_of(a, e->reverse_path));
	for (size_t i = 0; row->report && i < e->n_recipients && i < RECIPIENTS_MAX; i++)
		strbuf_fmt(&b, "recipient%zu@localhost\n", i + 1);
	strbuf_char(&b, '\n');
	return strbuf_str(&b);
}

/* "X-DCC-brand-Metrics: host 1102; bulk Body=1 Fuz1=many": "many" is what DCC calls countless. */
static bool is_bulk(str field)
{
	static const str digests[] = { STR(" body=many"), STR(" fuz1=many"), STR(" fuz2=many") };

	for (size_t i = 0; i < ARRAY_LEN(digests); i++) {
		if (str_casefind(field, digests[i]) != STR_NONE)
			return true;
	}
	return false;
}

int dcc_parse(struct arena *a, str answer, struct scanner_answer *ret, struct why *why)
{
	str result, recipients, field = answer, text;

	if (!str_split(&field, '\n', &result) || !str_split(&field, '\n', &recipients))
		return why_set(why, -EPROTO, "the answer has not two lines");
	result = str_trim(result);
	text = str_trim(str_skip(field, str_chr(field, ';') + 1));
	if (result.n != 1 || str_chr(STR("AGRS"), result.p[0]) == STR_NONE)
		return why_set(why, -EPROTO, "it cannot say, result %.*s",
			       STR_ARG(str_sub(result, 0, 1)));
	if (result.p[0] == 'R')
		scanner_say(a, ret, STR("reject"), text);
	if (is_bulk(field))
		scanner_say(a, ret, STR("bulk"), text);
	return 0;
}

int dcc_ask(struct arena *a, const struct scannerrow *row, const struct scanner_subject *s,
	    deadline d, struct scanner_answer *ret, struct why *why)
{
	const struct exchange_question q = {
		.head = envelope(a, row, s->envelope),
		.bytes = s->bytes,
		.end = EXCHANGE_TO_END,
		.max = DCC_ANSWER_MAX,
	};
	str answer;
	int r = exchange_once(a, &row->peer, &q, d, &answer, why);

	return r < 0 ? r : dcc_parse(a, answer, ret, why);
}
