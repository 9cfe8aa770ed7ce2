#include "url/urlhost.h"

#include "base/num.h"
#include "base/utf8.h"
#include "url/url.h"
#include "url/urlcode.h"
#include "url/urlip.h"

#include <unicode/uidna.h>

bool urlhost_ascii(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	}
	return true;
}

/* Forbidden host code points; the others are forbidden in names only. */
static bool forbidden(char c, bool name)
{
	unsigned char u = (unsigned char)c;

	if (u == 0 || strchr("\t\n\r #/:<>?@[\\]^|", u))
		return true;
	return name && (u <= 0x1f || u == '%' || u == 0x7f);
}

static bool has_forbidden(str s, bool name)
{
	for (size_t i = 0; i < s.n; i++) {
		if (forbidden(s.p[i], name))
			return true;
	}
	return false;
}

static bool has_ace_label(str s)
{
	str label;

	while (str_split(&s, '.', &label)) {
		if (str_casestarts(label, STR("xn--")))
			return true;
	}
	return false;
}

static size_t count_foreign(str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (unsigned char)s.p[i] >= 0xc0;
	return n;
}

static str lower_ascii(struct arena *a, str s)
{
	char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = str_lower_char(s.p[i]);
	return str_of(p, s.n);
}

typedef int32_t convert_fn(const UIDNA *idna, const char *name, int32_t length, char *dest,
			   int32_t capacity, UIDNAInfo *info, UErrorCode *error);

/* CheckHyphens and VerifyDnsLength are false in the standard. */
static bool convert(struct arena *a, str in, convert_fn *how, str *ret)
{
	enum {
		HARMLESS = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |
			   UIDNA_ERROR_DOMAIN_NAME_TOO_LONG | UIDNA_ERROR_LEADING_HYPHEN |
			   UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4,
		OUT_FACTOR = 20, /* one character may become 18 (U+FDFA) */
	};
	int32_t cap = (int32_t)in.n * OUT_FACTOR + 64;
	char *out = arena_alloc(a, (size_t)cap);
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	UErrorCode e = U_ZERO_ERROR;
	UIDNA *idna = uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
					      UIDNA_NONTRANSITIONAL_TO_ASCII |
					      UIDNA_NONTRANSITIONAL_TO_UNICODE,
				      &e);
	int32_t n = 0;

	if (U_SUCCESS(e))
		n = how(idna, in.p, (int32_t)in.n, out, cap, &info, &e);
	uidna_close(idna);
	if (U_FAILURE(e) || (info.errors & ~(uint32_t)HARMLESS))
		return false;
	*ret = str_of(out, (size_t)n);
	return true;
}

/* "Domain to ASCII" (3.3); for plain ASCII the standard allows the short way. */
static bool to_ascii(struct arena *a, str in, struct urlhost *h, uint32_t *odd)
{
	if (urlhost_ascii(in) && !has_ace_label(in)) {
		h->text = h->unicode = lower_ascii(a, in);
		return in.n > 0;
	}
	if (in.n > URLHOST_MAX || !convert(a, in, uidna_nameToASCII_UTF8, &h->text))
		return false;
	h->unicode = h->text;
	if (has_ace_label(h->text) && !convert(a, h->text, uidna_nameToUnicodeUTF8, &h->unicode))
		h->unicode = h->text;
	if (count_foreign(h->unicode) < count_foreign(in))
		*odd |= URL_ODD_MAPPED;
	return h->text.n > 0;
}

static str valid_utf8(struct arena *a, str in)
{
	struct strbuf b;

	if (utf8_valid(in))
		return in;
	b = strbuf_make(a, in.n * 3);
	for (size_t i = 0; i < in.n;) {
		uint32_t cp;
		size_t n = utf8_next(str_skip(in, i), &cp);

		strbuf_put(&b, n ? str_sub(in, i, i + n) : STR("\xef\xbf\xbd"));
		i += n ? n : 1;
	}
	return strbuf_str(&b);
}

static bool parse_name(struct arena *a, str in, struct urlhost *ret, uint32_t *odd)
{
	str decoded = in;
	uint32_t v4;

	if (str_chr(in, '%') != STR_NONE) {
		struct strbuf b = strbuf_make(a, in.n);

		urlcode_decode(&b, in);
		decoded = valid_utf8(a, strbuf_str(&b));
		*odd |= decoded.n < in.n ? URL_ODD_PERCENT : 0;
	}
	if (!to_ascii(a, decoded, ret, odd) || has_forbidden(ret->text, true))
		return false;
	ret->kind = URLHOST_NAME;
	if (!urlip_ends_in_number(ret->text))
		return true;
	if (!urlip_v4_parse(ret->text, &v4))
		return false;
	ret->kind = URLHOST_IPV4;
	ret->ip = ip_of((uint8_t[]){ (uint8_t)(v4 >> 24), (uint8_t)(v4 >> 16), (uint8_t)(v4 >> 8),
				     (uint8_t)v4 },
			IP_V4);
	decoded = arena_fmt(a, "%u.%u.%u.%u", v4 >> 24, v4 >> 16 & 255, v4 >> 8 & 255, v4 & 255);
	if (!str_eq(ret->text, decoded))
		*odd |= URL_ODD_NUMBER;
	ret->text = decoded;
	return true;
}

bool urlhost_parse(struct arena *a, str in, bool special, struct urlhost *ret, uint32_t *odd)
{
	struct urlhost h = { 0 };

	if (in.n && in.p[0] == '[') {
		uint8_t bytes[IP_V6];

		if (in.p[in.n - 1] != ']' || !urlip_v6_parse(str_sub(in, 1, in.n - 1), bytes))
			return false;
		h.kind = URLHOST_IPV6;
		h.text = urlip_v6_text(a, bytes);
		h.ip = ip_of(bytes, IP_V6);
	} else if (special) {
		if (!parse_name(a, in, &h, odd))
			return false;
	} else {
		struct strbuf b = strbuf_make(a, in.n * 3);

		if (has_forbidden(in, false))
			return false;
		urlcode_encode(&b, URLCODE_C0, in);
		h.kind = in.n ? URLHOST_OPAQUE : URLHOST_EMPTY;
		h.text = strbuf_str(&b);
	}
	*ret = h;
	return true;
}
