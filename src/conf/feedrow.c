#include "conf/feedrow.h"

#include "conf/conf_value.h"
#include "conf/rowwords.h"

#include <errno.h>

enum { MINUTE_MS = 60 * 1000, DAY_MS = 24 * 60 * MINUTE_MS };

static const struct {
	str format, list;
} formats[] = {
	{ STR("phishtank-csv"), STR("feed-phishtank") },
	{ STR("phishtank-json"), STR("feed-phishtank") },
	{ STR("openphish"), STR("feed-openphish") },
	{ STR("urlhaus"), STR("feed-urlhaus") },
	{ STR("malwarebazaar"), STR("feed-malwarebazaar") },
	{ STR("misp"), STR("feed-indicators") },
	{ STR("stix"), STR("feed-indicators") },
	{ STR("taxii"), STR("feed-indicators") },
	{ STR("map"), STR("") },
};

static bool known_format(str format, str *ret_list)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (str_eq(format, formats[i].format)) {
			*ret_list = formats[i].list;
			return true;
		}
	}
	return false;
}

static bool take_duration(str text, int64_t least, int64_t *ret)
{
	static const struct conf_key key = { .type = CONF_DURATION, .max = 3660ULL * DAY_MS };

	return conf_value_parse(NULL, &key, text, ret) && *ret >= least;
}

static bool take_option(struct feedrow *f, str word)
{
	size_t equal = str_chr(word, '=');
	str name = str_sub(word, 0, equal);
	str value = equal == STR_NONE ? STR("") : str_skip(word, equal + 1);

	if (str_eq(word, STR("http")))
		f->http = true;
	else if (str_eq(name, STR("list")))
		f->list = value;
	else if (str_eq(name, STR("every")))
		return take_duration(value, MINUTE_MS, &f->every);
	else if (str_eq(name, STR("keep")))
		return take_duration(value, DAY_MS, &f->keep);
	else if (str_eq(name, STR("collection")))
		f->collection = value;
	else if (str_eq(name, STR("ca")))
		f->ca = value;
	else if (str_eq(name, STR("key")))
		f->key = value;
	else
		return false;
	return equal == STR_NONE || value.n;
}

static bool is_whole(const struct feedrow *f)
{
	bool taxii = str_eq(f->format, STR("taxii"));

	return rowwords_is_name(f->name, FEEDROW_NAME_MAX) &&
	       rowwords_is_name(f->list, FEEDROW_NAME_MAX) &&
	       (str_starts(f->url, STR("https://")) ||
		(f->http && str_starts(f->url, STR("http://")))) &&
	       taxii == (f->collection.n > 0) &&
	       (!taxii || rowwords_is_name(f->collection, FEEDROW_NAME_MAX)) &&
	       (!f->ca.n || f->ca.p[0] == '/') && (!f->key.n || f->key.p[0] == '/');
}

bool feedrow_parse(str row, struct feedrow *ret)
{
	struct feedrow f = { .every = 60 * MINUTE_MS, .keep = 7LL * DAY_MS };
	str word;

	f.name = rowwords_next(&row);
	f.format = rowwords_next(&row);
	f.url = rowwords_next(&row);
	if (!known_format(f.format, &f.list))
		return false;
	while ((word = rowwords_next(&row)).n) {
		if (!take_option(&f, word))
			return false;
	}
	if (!is_whole(&f))
		return false;
	*ret = f;
	return true;
}

bool feedrow_find(const struct conf *c, str name, struct feedrow *ret)
{
	for (size_t i = 0; i < c->feeds.sources.n; i++) {
		struct feedrow f;

		if (feedrow_parse(c->feeds.sources.v[i], &f) && str_eq(f.name, name)) {
			*ret = f;
			return true;
		}
	}
	return false;
}

int feedrow_check(const struct conf *c, struct why *why)
{
	if (rowwords_check("feeds.sources", &c->feeds.sources, FEEDROW_ROWS, why) < 0)
		return -EINVAL;
	for (size_t i = 0; i < c->feeds.sources.n; i++) {
		struct feedrow f;

		if (!feedrow_parse(c->feeds.sources.v[i], &f))
			return why_set(why, -EINVAL,
				       "feeds.sources: found \"%.*s\", expected NAME FORMAT URL "
				       "[OPTION ...], the URL https unless an option is http; map "
				       "needs list=LIST, taxii collection=ID",
				       STR_ARG(c->feeds.sources.v[i]));
	}
	return 0;
}

str feedrow_home(struct arena *a, const struct conf *c)
{
	return arena_fmt(a, "%.*s/feeds", STR_ARG(c->paths.state));
}

str feedrow_file(struct arena *a, str home, const struct feedrow *f)
{
	return arena_fmt(a, "%.*s/%.*s/%.*s.set", STR_ARG(home), STR_ARG(f->name),
			 STR_ARG(f->list));
}
