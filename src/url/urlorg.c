#include "url/urlorg.h"

#include <libpsl.h>

/* The end of a name as the library wants it, NUL-terminated, without a last dot. */
static str name_end(str name, char buffer[URLORG_MAX + 1])
{
	while (name.n && name.p[name.n - 1] == '.')
		name.n--;
	if (name.n > URLORG_MAX) {
		name = str_skip(name, name.n - URLORG_MAX);
		name = str_skip(name,
				str_chr(name, '.') == STR_NONE ? name.n : str_chr(name, '.') + 1);
	}
	if (str_chr(name, '\0') != STR_NONE)
		name.n = 0;
	if (name.n)
		memcpy(buffer, name.p, name.n);
	buffer[name.n] = '\0';
	return name;
}

str urlorg_domain(str name)
{
	char buffer[URLORG_MAX + 1];
	str end = name_end(name, buffer);
	const char *domain;

	if (!end.n || end.p[0] == '.' || str_find(end, STR("..")) != STR_NONE)
		return STR("");
	domain = psl_registrable_domain(psl_builtin(), buffer);
	return domain ? str_skip(end, (size_t)(domain - buffer)) : STR("");
}

bool urlorg_known_tld(str name)
{
	char buffer[URLORG_MAX + 1];
	size_t dot = str_rchr(name_end(name, buffer), '.');

	return dot != STR_NONE && psl_is_public_suffix2(psl_builtin(), buffer + dot + 1,
							PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}

bool urlorg_same(str a, str b)
{
	str domain_a = urlorg_domain(a), domain_b = urlorg_domain(b);

	if (!domain_a.n || !domain_b.n)
		return str_eq(a, b);
	return str_eq(domain_a, domain_b);
}

unsigned urlorg_labels_before(str name)
{
	str domain = urlorg_domain(name), label;
	unsigned n = 0;

	if (!domain.n)
		return 0;
	name.n = (size_t)(domain.p - name.p);
	while (str_split(&name, '.', &label))
		n += label.n > 0 && !str_eq(label, STR("www"));
	return n;
}
