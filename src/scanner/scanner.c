#include "scanner/scanner.h"

#include "antivirus/clamd.h"
#include "antivirus/mailhead.h"
#include "scanner/dcc.h"
#include "scanner/icap.h"
#include "scanner/olefy.h"
#include "scanner/scannerline.h"

#include <errno.h>

bool scanner_is_word(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!str_is_alnum(s.p[i]) && s.p[i] != '_' && s.p[i] != '-')
			return false;
	}
	return s.n > 0 && s.n <= SCANNERROW_WORD_MAX && !str_eq(s, STR("failed")) &&
	       !str_eq(s, STR("down"));
}

void scanner_say(struct arena *a, struct scanner_answer *answer, str word, str text)
{
	struct strbuf b = strbuf_make(a, 4 * SCANNER_TEXT_MAX);

	for (size_t i = 0; i < answer->words.n; i++) {
		if (str_eq(answer->words.v[i].word, word))
			return;
	}
	if (answer->words.n == SCANNER_WORDS)
		return;
	strbuf_printable(&b, str_sub(text, 0, SCANNER_TEXT_MAX));
	*arena_push(a, &answer->words) =
		(struct scanner_word){ arena_str(a, word), b.n ? strbuf_str(&b) : STR("") };
}

static int ask_clamd(struct arena *a, const struct scannerrow *row, const struct scanner_subject *s,
		     deadline d, struct scanner_answer *ret, struct why *why)
{
	static const str words[] = {
		[CLAMD_CLEAN] = STR("clean"),
		[CLAMD_VIRUS] = STR("infected"),
		[CLAMD_ENCRYPTED] = STR("encrypted"),
		[CLAMD_TOO_LARGE] = STR("limits"),
	};
	const struct clamd_server server = { row->peer.path, row->peer.at.host, row->peer.at.port,
					     row->max_bytes };
	struct clamd_result r =
		clamd_scan(a, &server, s->whole ? mailhead : STR(""), s->bytes, d, why);

	if (r.code == CLAMD_ERROR)
		return -EIO;
	scanner_say(a, ret, words[r.code], r.name);
	return 0;
}

int scanner_ask(struct arena *a, const struct scannerrow *row, const struct scanner_subject *s,
		deadline d, struct scanner_answer *ret, struct why *why)
{
	static int (*const protocols[])(struct arena * a, const struct scannerrow *row,
					const struct scanner_subject *s, deadline d,
					struct scanner_answer *ret, struct why *why) = {
		[SCANNERROW_CLAMD] = ask_clamd,	     [SCANNERROW_ICAP] = icap_ask,
		[SCANNERROW_OLEFY] = olefy_ask,	     [SCANNERROW_DCC] = dcc_ask,
		[SCANNERROW_LINE] = scannerline_ask,
	};
	int r;

	*ret = (struct scanner_answer){ 0 };
	if (s->bytes.n > row->max_bytes) {
		scanner_say(a, ret, STR("limits"), STR("larger than max_bytes"));
		return 0;
	}
	r = protocols[row->protocol](a, row, s, d, ret, why);
	if (r < 0)
		return r;
	if (ret->words.n == 0)
		scanner_say(a, ret, STR("clean"), STR(""));
	return 0;
}
