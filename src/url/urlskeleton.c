#include "url/urlskeleton.h"

#include "url/urlhost.h"
#include "url/urlorg.h"

#include <unicode/uspoof.h>

enum { SKELETON_MAX = 4096 };

/* As many labels of the end of unicode as those that domain has. */
static str same_labels(str unicode, str domain)
{
	size_t dots = 0, at = unicode.n;

	for (size_t i = 0; i < domain.n; i++)
		dots += domain.p[i] == '.';
	while (at > 0) {
		if (unicode.p[at - 1] == '.' && dots-- == 0)
			break;
		at--;
	}
	return str_skip(unicode, at);
}

/* An accent is overlooked as easily as a foreign letter: without those of U+0300 to U+036F, which
 * stand behind their letters in a skeleton. Returns what remains. */
static size_t drop_accents(char *s, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i], d = i + 1 < n ? (unsigned char)s[i + 1] : 0;

		if (c == 0xcc || (c == 0xcd && d < 0xb0))
			i++;
		else
			s[kept++] = s[i];
	}
	return kept;
}

static str skeleton(struct arena *a, str text)
{
	char out[SKELETON_MAX];
	UErrorCode e = U_ZERO_ERROR;
	USpoofChecker *checker = uspoof_open(&e);
	int32_t n =
		uspoof_getSkeletonUTF8(checker, 0, text.p, (int32_t)text.n, out, SKELETON_MAX, &e);

	uspoof_close(checker);
	if (U_FAILURE(e) || n <= 0 || n > SKELETON_MAX)
		return STR("");
	for (int32_t i = 0; i < n; i++)
		out[i] = str_lower_char(out[i]);
	return arena_str(a, str_of(out, drop_accents(out, (size_t)n)));
}

str urlskeleton_domain(struct arena *a, str name)
{
	struct urlhost host = { 0 };
	uint32_t odd = 0;
	str domain;

	if (!name.n || name.n > URLORG_MAX || !urlhost_parse(a, name, true, &host, &odd) ||
	    host.kind != URLHOST_NAME)
		return STR("");
	domain = urlorg_domain(host.text);
	if (!domain.n)
		domain = host.text;
	return skeleton(a, same_labels(host.unicode.n ? host.unicode : host.text, domain));
}
