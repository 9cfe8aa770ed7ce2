#include "report/reporttext.h"

#include "base/utf8.h"

static str cut(str s, size_t max)
{
	if (s.n <= max)
		return s;
	while (max > 0 && ((unsigned char)s.p[max] & 0xc0) == 0x80)
		max--;
	return str_sub(s, 0, max);
}

static char *copy(struct arena *a, str s, size_t max, size_t *ret_n)
{
	char *p;

	s = cut(str_trim(s), max);
	if (!utf8_valid(s))
		s = STR("");
	p = arena_alloc(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		p[i] = (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : s.p[i];
	*ret_n = s.n;
	return p;
}

str reporttext_clean(struct arena *a, str s, size_t max)
{
	size_t n;
	char *p = copy(a, s, max, &n);

	return str_of(p, n);
}

str reporttext_name(struct arena *a, str s, size_t max)
{
	size_t n;
	char *p = copy(a, s, max, &n);

	for (size_t i = 0; i < n; i++)
		p[i] = str_lower_char(p[i]);
	if (n > 1 && p[n - 1] == '.')
		n--;
	return str_of(p, n);
}
