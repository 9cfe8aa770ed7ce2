#include "mime/filename.h"

#include "base/num.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

/* Lower case, without its dot; empty when there is none. */
str filename_extension(struct arena *a, str name)
{
	size_t dot;
	char *p;

	while (name.n && (str_is_space(name.p[name.n - 1]) || name.p[name.n - 1] == '.'))
		name.n--;
	dot = str_rchr(name, '.');
	if (dot == STR_NONE)
		return STR("");
	name = str_trim(str_skip(name, dot + 1));
	p = arena_alloc(a, name.n);
	for (size_t i = 0; i < name.n; i++)
		p[i] = str_lower_char(name.p[i]);
	return str_of(p, name.n);
}

static bool is_ascii(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] > 0x7e || (unsigned char)s.p[i] < ' ')
			return false;
	}
	return true;
}

/* What nobody sees: format and control characters, line separators, marks on letters. */
static bool is_unseen(uint32_t cp)
{
	switch (u_charType((UChar32)cp)) {
	case U_FORMAT_CHAR:
	case U_CONTROL_CHAR:
	case U_LINE_SEPARATOR:
	case U_PARAGRAPH_SEPARATOR:
	case U_NON_SPACING_MARK:
	case U_ENCLOSING_MARK:
		return cp != 0; /* where programs cut */
	default:
		return false;
	}
}

/* Compatibility letters as the plain ones, without what is not seen. */
static str plain_letters(struct arena *a, str name)
{
	UErrorCode error = U_ZERO_ERROR;
	const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&error);
	struct strbuf b = strbuf_make(a, FILENAME_MAX_BYTES * 8);
	UChar out[64];

	while (name.n && U_SUCCESS(error)) {
		uint32_t cp = 0;
		size_t n = utf8_next(name, &cp);
		int32_t units, at = 0;

		if (n && !is_unseen(cp)) {
			units = unorm2_getDecomposition(nfkd, (UChar32)cp, out, ARRAY_LEN(out),
							&error);
			while (at < units && U_SUCCESS(error)) {
				UChar32 c;

				U16_NEXT(out, at, units, c);
				if (!is_unseen((uint32_t)c))
					strbuf_utf8(&b, (uint32_t)c);
			}
			if (units < 0)
				strbuf_put(&b, str_sub(name, 0, n));
		}
		name = str_skip(name, n ? n : 1);
	}
	return strbuf_str(&b);
}

static str percent_decoded(struct arena *a, str name)
{
	struct strbuf b = strbuf_make(a, name.n);

	for (size_t i = 0; i < name.n; i++) {
		int hi = name.n - i > 2 && name.p[i] == '%' ? num_hex_digit(name.p[i + 1]) : -1;
		int lo = hi >= 0 ? num_hex_digit(name.p[i + 2]) : -1;

		strbuf_char(&b, (char)(lo >= 0 ? hi << 4 | lo : name.p[i]));
		i += lo >= 0 ? 2 : 0;
	}
	return strbuf_str(&b);
}

static bool has(const struct filename_readings *r, struct arena *a, str extension)
{
	for (size_t i = 0; i < r->n; i++) {
		if (str_eq(filename_extension(a, r->v[i]), extension))
			return true;
	}
	return false;
}

static void add(struct filename_readings *r, struct arena *a, str declared, str name)
{
	str extension;

	while (name.n && strchr("\"' ", name.p[name.n - 1]))
		name.n--;
	extension = filename_extension(a, name);
	if (extension.n && r->n < FILENAME_READINGS_MAX && !str_eq(extension, declared) &&
	    !has(r, a, extension))
		r->v[r->n++] = name;
}

/* "{8-4-4-4-12}" */
static bool is_clsid(str extension)
{
	if (extension.n != 38 || extension.p[0] != '{' || extension.p[37] != '}')
		return false;
	for (size_t i = 1; i < 37; i++) {
		bool dash = i == 9 || i == 14 || i == 19 || i == 24;

		if (dash ? extension.p[i] != '-' : num_hex_digit(extension.p[i]) < 0)
			return false;
	}
	return true;
}

/* Everything in front of one of the places where some program cuts. */
static void add_cuts(struct filename_readings *r, struct arena *a, str declared, str name)
{
	static const char cuts[] = { '\0', ';', ':', '"', '\n', '\r' };

	for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
		size_t at = str_chr(name, cuts[i]);

		if (at != STR_NONE && at > 1)
			add(r, a, declared, str_sub(name, 0, at));
	}
}

void filename_read(struct arena *a, str name, struct filename_readings *ret)
{
	struct filename_readings got = { 0 };
	str declared, plain, decoded;
	size_t colon;

	name = str_sub(name, 0, FILENAME_MAX_BYTES);
	declared = filename_extension(a, name);
	plain = is_ascii(name) ? name : plain_letters(a, name);
	add(&got, a, declared, plain);
	if (got.n && !is_ascii(name) && is_ascii(filename_extension(a, got.v[0])))
		got.notes |= FILENAME_OBSCURE;
	decoded = str_chr(plain, '%') == STR_NONE ? plain : percent_decoded(a, plain);
	add(&got, a, declared, decoded);
	add_cuts(&got, a, declared, decoded);
	colon = str_chr(plain, ':');
	if (colon != STR_NONE && colon > 1 && str_chr(str_skip(plain, colon), '$') != STR_NONE)
		got.notes |= FILENAME_STREAM;
	if (is_clsid(filename_extension(a, plain)))
		got.notes |= FILENAME_CLSID;
	*ret = got;
}
