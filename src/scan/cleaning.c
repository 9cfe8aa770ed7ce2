#include "scan/cleaning.h"

#include "dkim/dkimsign.h"
#include "dkim/taglist.h"
#include "mail/header.h"

static void add_covered(struct arena *a, struct cleaning *c, str value)
{
	struct taglist tags;
	str names, name;

	if (taglist_parse(a, value, &tags))
		return; /* it is broken already */
	names = taglist_get(&tags, STR("h"));
	while (names.p && taglist_item(&names, &name)) {
		if (c->n_covered == CLEANING_MAX_COVERED)
			c->too_many = true;
		else
			c->covered[c->n_covered++] = name;
	}
}

struct cleaning cleaning_begin(struct arena *a, const struct conf *conf, str message)
{
	struct cleaning c = { 0 };
	struct header_reader r = header_reader_make(message);
	struct header_field f;

	if (conf->role != CONF_ROLE_OUT)
		return c;
	c.conf = conf;
	c.covered = arena_array(a, str, CLEANING_MAX_COVERED);
	while (header_next(&r, &f)) {
		if (str_caseeq(f.name, STR("DKIM-Signature")) ||
		    str_caseeq(f.name, STR("ARC-Message-Signature")))
			add_covered(a, &c, f.raw);
	}
	return c;
}

static bool is_covered(const struct cleaning *c, str name)
{
	for (size_t i = 0; i < c->n_covered; i++) {
		if (str_caseeq(c->covered[i], name))
			return true;
	}
	return c->too_many || dkimsign_covers(name);
}

/* "X-Mailer", or the beginning of names: "X-MS-*". */
static bool fits(str pattern, str name)
{
	if (str_ends(pattern, STR("*")))
		return str_casestarts(name, str_sub(pattern, 0, pattern.n - 1));
	return str_caseeq(name, pattern);
}

bool cleaning_removes(const struct cleaning *c, str name)
{
	if (!c->conf)
		return false;
	if (str_caseeq(name, STR("Received")))
		return true;
	for (size_t i = 0; i < c->conf->out.remove_fields.n; i++) {
		if (fits(c->conf->out.remove_fields.v[i], name))
			return !is_covered(c, name);
	}
	return false;
}
