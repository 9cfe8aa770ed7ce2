#include "mime/encoded_word.h"

#include "base/base64.h"
#include "base/qp.h"
#include "base/utf8.h"

enum { WORD_MAX = 75 }; /* RFC 2047 2 */

struct word {
	str charset; /* without the language (RFC 2231 5) */
	char encoding;
	str text;
	size_t size;
};

struct decoder {
	struct charsets *charsets;
	struct arena *arena;
	struct strbuf out;
	struct strbuf run; /* bytes of adjacent words of one charset */
	str run_charset;
	uint32_t seen;	   /* enum encoded_word_seen */
	bool no_more_ends; /* there is no "?=" ahead, so nobody searches it again */
};

/* encoded-word = "=?" charset "?" encoding "?" encoded-text "?=" at the start of s. */
static bool parse_word(struct decoder *d, str s, struct word *ret)
{
	size_t mark = str_chr(str_sub(s, 2, 2 + 2 * CHARSET_NAME_MAX), '?');
	str charset, text;
	size_t end, star;

	if (mark == STR_NONE || mark == 0 || s.n < mark + 5 || s.p[mark + 4] != '?')
		return false;
	charset = str_sub(s, 2, 2 + mark);
	star = str_chr(charset, '*');
	ret->charset = star == STR_NONE ? charset : str_sub(charset, 0, star);
	ret->encoding = str_lower_char(s.p[mark + 3]);
	if (ret->encoding != 'b' && ret->encoding != 'q')
		return false;
	text = str_skip(s, mark + 5);
	end = d->no_more_ends ? STR_NONE : str_find(text, STR("?="));
	if (end == STR_NONE) {
		d->no_more_ends = true;
		return false;
	}
	ret->text = str_sub(text, 0, end);
	ret->size = mark + 5 + end + 2;
	return true;
}

static void put_utf8(struct decoder *d, str charset, str bytes)
{
	str text;

	if (!charset_to_utf8(d->charsets, d->arena, charset, bytes, &text))
		d->seen |= ENCODED_WORD_UNKNOWN;
	strbuf_put(&d->out, text);
}

static bool is_plain(str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < ' ' || text.p[i] >= 0x7f)
			return false;
	}
	return true;
}

/* What words said: does it need encoding, does it attack who reads it? */
static void judge_run(struct decoder *d, str text)
{
	bool inner = str_find(text, STR("=?")) != STR_NONE;

	/* A character cut in two, or a charset that hides ASCII. */
	if (str_find(text, STR("\xef\xbf\xbd")) != STR_NONE ||
	    str_caseeq(d->run_charset, STR("utf-7")))
		d->seen |= ENCODED_WORD_BROKEN;
	if (inner || !is_plain(text))
		d->seen |= ENCODED_WORD_NEEDED;
	if (inner && str_find(text, STR("?=")) != STR_NONE)
		d->seen |= ENCODED_WORD_NESTED;
	if (str_chr(text, '\0') != STR_NONE || str_chr(text, '\r') != STR_NONE ||
	    str_chr(text, '\n') != STR_NONE)
		d->seen |= ENCODED_WORD_CONTROL;
}

static void end_run(struct decoder *d)
{
	size_t from = d->out.n;

	if (d->run.n) {
		put_utf8(d, d->run_charset, strbuf_str(&d->run));
		judge_run(d, str_skip(strbuf_str(&d->out), from));
	}
	strbuf_clear(&d->run);
}

/* The last character of some UTF-8 goes on in what follows. */
static bool is_cut(str bytes)
{
	for (size_t back = 1; back <= 3 && back <= bytes.n; back++) {
		unsigned char c = (unsigned char)bytes.p[bytes.n - back];

		if (c >= 0xc0)
			return back < (c >= 0xf0 ? 4u : c >= 0xe0 ? 3u : 2u);
		if (c < 0x80)
			return false;
	}
	return false;
}

static void take_word(struct decoder *d, const struct word *w)
{
	struct base64_seen seen;

	if (!str_caseeq(w->charset, d->run_charset))
		end_run(d);
	if (w->size > WORD_MAX ||
	    (str_caseeq(w->charset, STR("utf-8")) && is_cut(strbuf_str(&d->run))))
		d->seen |= ENCODED_WORD_ODD;
	d->run_charset = w->charset;
	d->seen |= w->encoding == 'b' ? ENCODED_WORD_BASE64 : ENCODED_WORD_QP;
	if (w->encoding == 'b')
		base64_decode_lenient(&d->run, w->text, &seen);
	else
		(void)qp_decode_word(&d->run, w->text); /* a malformed "=" stays visible */
}

static bool is_blank(str s)
{
	return str_trim(s).n == 0;
}

str encoded_word_decode(struct charsets *c, struct arena *a, str value, uint32_t *ret_seen)
{
	struct decoder d = { .charsets = c, .arena = a };
	bool in_words = false;
	size_t from = 0, at = 0;
	struct word w;

	if (str_find(value, STR("=?")) == STR_NONE && utf8_valid(value))
		return value;
	/* One byte never becomes more than a few of UTF-8; overflow only cuts. */
	d.out = strbuf_make(a, value.n * 6 + 64);
	d.run = strbuf_make(a, value.n + 64);
	for (;;) {
		size_t start = str_find(str_skip(value, at), STR("=?"));

		if (start == STR_NONE)
			break;
		start += at;
		if (!parse_word(&d, str_skip(value, start), &w)) {
			d.seen |= ENCODED_WORD_BROKEN;
			at = start + 2;
			continue;
		}
		/* White space between two words is not shown (RFC 2047 6.2). */
		if (!in_words || !is_blank(str_sub(value, from, start))) {
			end_run(&d);
			put_utf8(&d, STR(""), str_sub(value, from, start));
		}
		take_word(&d, &w);
		in_words = true;
		from = at = start + w.size;
	}
	end_run(&d);
	put_utf8(&d, STR(""), str_skip(value, from));
	if (ret_seen)
		*ret_seen |= d.seen;
	return strbuf_str(&d.out);
}
