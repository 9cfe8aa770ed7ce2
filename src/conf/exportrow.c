#include "conf/exportrow.h"

#include "base/num.h"
#include "conf/rowwords.h"

#include <errno.h>

bool exportrow_is_name(str s)
{
	return rowwords_is_name(s, EXPORTROW_NAME_MAX);
}

/* One mailbox of plain characters: it stands in a header field and in the envelope. */
static bool is_mailbox(str s)
{
	size_t at = str_chr(s, '@');

	for (size_t i = 0; i < s.n; i++) {
		if (!str_is_alnum(s.p[i]) && !memchr("@._+-", s.p[i], strlen("@._+-")))
			return false;
	}
	return at != STR_NONE && at > 0 && at == str_rchr(s, '@') && at + 1 < s.n &&
	       s.n <= CONF_MAILBOX_MAX;
}

static bool is_when(str when)
{
	str word;

	while (str_split(&when, '+', &word)) {
		for (size_t i = 0; i < word.n; i++) {
			if (!str_is_alnum(word.p[i]) && word.p[i] != '_')
				return false;
		}
		if (word.n == 0)
			return false;
	}
	return true;
}

static bool take_option(struct exportrow *r, str word)
{
	size_t equal = str_chr(word, '=');
	str name = str_sub(word, 0, equal);
	str value = equal == STR_NONE ? STR("") : str_skip(word, equal + 1);
	uint64_t rate;

	if (str_eq(word, STR("whole"))) {
		r->whole = true;
	} else if (str_eq(word, STR("http"))) {
		r->http = true;
	} else if (str_eq(name, STR("when"))) {
		r->when = value;
		return value.n && is_when(value);
	} else if (str_eq(name, STR("rate"))) {
		if (!num_u64_max(value, EXPORTROW_RATE_MAX, &rate) || rate == 0)
			return false;
		r->rate = (uint32_t)rate;
	} else if (str_eq(name, STR("key"))) {
		r->key = value;
		return value.n && value.p[0] == '/';
	} else if (str_eq(name, STR("ca"))) {
		r->ca = value;
		return value.n && value.p[0] == '/';
	} else {
		return false;
	}
	return true;
}

static bool is_whole(const struct exportrow *r)
{
	bool of_http = r->whole || r->http || r->key.n || r->ca.n;

	if (r->pusher == EXPORTROW_HTTP)
		return str_starts(r->where, STR("https://")) ||
		       (r->http && str_starts(r->where, STR("http://")));
	return !of_http && (r->pusher == EXPORTROW_QUEUE || is_mailbox(r->where));
}

bool exportrow_parse(str row, struct exportrow *ret)
{
	struct exportrow r = { .when = STR("is_spam"), .where = STR(""), .rate = 10 };
	str word;

	r.name = rowwords_next(&row);
	word = rowwords_next(&row);
	if (str_eq(word, STR("http")))
		r.pusher = EXPORTROW_HTTP;
	else if (str_eq(word, STR("mail")))
		r.pusher = EXPORTROW_MAIL;
	else if (str_eq(word, STR("queue")))
		r.pusher = EXPORTROW_QUEUE;
	else
		return false;
	if (r.pusher != EXPORTROW_QUEUE)
		r.where = rowwords_next(&row);
	while ((word = rowwords_next(&row)).n) {
		if (!take_option(&r, word))
			return false;
	}
	if (!exportrow_is_name(r.name) || !is_whole(&r))
		return false;
	*ret = r;
	return true;
}

bool exportrow_at(const struct conf *c, size_t n, struct exportrow *ret)
{
	return n < c->exporter.targets.n && exportrow_parse(c->exporter.targets.v[n], ret);
}

bool exportrow_find(const struct conf *c, str name, struct exportrow *ret)
{
	struct exportrow r;

	for (size_t i = 0; exportrow_at(c, i, &r); i++) {
		if (str_eq(r.name, name)) {
			*ret = r;
			return true;
		}
	}
	return false;
}

bool exportrow_has(const struct conf *c, enum exportrow_pusher pusher)
{
	struct exportrow r;

	for (size_t i = 0; exportrow_at(c, i, &r); i++) {
		if (r.pusher == pusher)
			return true;
	}
	return false;
}

/* In role mx there is a way inside only, without dsn.via. */
static int check_way(const struct conf *c, const struct exportrow *r, struct why *why)
{
	str domain = str_skip(r->where, str_rchr(r->where, '@') + 1);

	if (r->pusher != EXPORTROW_MAIL || c->role == CONF_ROLE_OUT ||
	    conf_is_own_domain(c, domain))
		return 0;
	return why_set(why, -EINVAL,
		       "exporter.targets: %.*s: in role mx letters go to mailboxes of domains only",
		       STR_ARG(r->name));
}

int exportrow_check(const struct conf *c, struct why *why)
{
	if (rowwords_check("exporter.targets", &c->exporter.targets, EXPORTROW_ROWS, why) < 0)
		return -EINVAL;
	for (size_t i = 0; i < c->exporter.targets.n; i++) {
		struct exportrow r;

		if (!exportrow_at(c, i, &r))
			return why_set(
				why, -EINVAL,
				"exporter.targets: found \"%.*s\", expected NAME http URL, "
				"NAME mail ADDRESS or NAME queue, and options of it; the URL "
				"https unless an option is http",
				STR_ARG(c->exporter.targets.v[i]));
		if (check_way(c, &r, why) < 0)
			return -EINVAL;
	}
	return 0;
}
