#include "lists/listfeed_private.h"

#include <errno.h>

enum { COLUMNS = 16 };

struct row {
	str v[COLUMNS];
	size_t n;
};

/* Inside quotes a quote is doubled (RFC 4180 2.7). */
static str unquote(struct arena *a, str s)
{
	char *p;
	size_t n = 0;

	if (str_chr(s, '"') == STR_NONE)
		return s;
	p = arena_alloc(a, s.n);
	for (size_t i = 0; i < s.n; i++) {
		p[n++] = s.p[i];
		if (s.p[i] == '"')
			i++;
	}
	return str_of(p, n);
}

/* The end of a quoted field that begins behind its quote. */
static size_t end_of_quoted(str in, size_t at)
{
	for (; at < in.n; at++) {
		if (in.p[at] != '"')
			continue;
		if (at + 1 == in.n || in.p[at + 1] != '"')
			return at;
		at++;
	}
	return in.n;
}

static size_t end_of_plain(str in, size_t at)
{
	while (at < in.n && in.p[at] != ',' && in.p[at] != '\n')
		at++;
	return at;
}

/* One field from *at on; a blank may stand before its quote. False at the end of the row. */
static bool field(struct arena *a, str in, size_t *at, str *ret)
{
	size_t begin = *at, end;

	while (begin < in.n && in.p[begin] == ' ')
		begin++;
	if (begin < in.n && in.p[begin] == '"') {
		end = end_of_quoted(in, begin + 1);
		*ret = unquote(a, str_sub(in, begin + 1, end));
		end = end_of_plain(in, end);
	} else {
		end = end_of_plain(in, begin);
		*ret = str_trim(str_sub(in, begin, end));
	}
	*at = end + 1;
	return end < in.n && in.p[end] == ',';
}

static void row(struct arena *a, str in, size_t *at, struct row *ret)
{
	bool more = true;

	ret->n = 0;
	while (more) {
		str value;

		more = field(a, in, at, &value);
		if (ret->n < COLUMNS)
			ret->v[ret->n++] = value;
	}
}

static void skip_line(str in, size_t *at)
{
	while (*at < in.n && in.p[(*at)++] != '\n')
		continue;
}

static str column(const struct row *r, size_t i)
{
	return i < r->n ? r->v[i] : STR("");
}

/* phish_id,url,phish_detail_url,submission_time,verified,verification_time,online,target */
static void phishtank(struct listfeed *f, const struct row *r)
{
	if (str_eq(column(r, 0), STR("phish_id")))
		return;
	if (str_eq(column(r, 4), STR("yes")) && str_eq(column(r, 6), STR("yes")))
		listfeed_add(f, LISTFEED_URL, column(r, 1), column(r, 7));
	else
		f->count.left_out++;
}

/* id,dateadded,url,url_status,... */
static void urlhaus(struct listfeed *f, const struct row *r)
{
	listfeed_add(f, LISTFEED_URL, column(r, 2), r->n > 6 ? column(r, 6) : STR(""));
}

/* first_seen_utc,sha256_hash,md5_hash,sha1_hash,reporter,file_name,file_type_guess,mime_type,
 * signature,... */
static void malwarebazaar(struct listfeed *f, const struct row *r)
{
	listfeed_add(f, LISTFEED_SHA256, column(r, 1), column(r, 8));
}

static void openphish(struct listfeed *f, str in, size_t *at)
{
	size_t begin = *at;

	skip_line(in, at);
	listfeed_add(f, LISTFEED_URL, str_sub(in, begin, *at), STR(""));
}

static void take_row(struct listfeed *f, enum listfeed_format format, const struct row *r)
{
	if (format == LISTFEED_PHISHTANK_CSV)
		phishtank(f, r);
	else if (format == LISTFEED_URLHAUS)
		urlhaus(f, r);
	else
		malwarebazaar(f, r);
}

int listfeed_csv_read(struct listfeed *f, enum listfeed_format format, str in)
{
	for (size_t at = 0; at < in.n;) {
		struct row r;

		if (in.p[at] == '#' || in.p[at] == '\n' || in.p[at] == '\r') {
			skip_line(in, &at);
		} else if (format == LISTFEED_OPENPHISH) {
			openphish(f, in, &at);
		} else {
			row(f->arena, in, &at, &r);
			take_row(f, format, &r);
		}
	}
	if (f->count.entries == 0 && f->count.left_out)
		return why_set(f->why, -EINVAL, "no line is an entry of %.*s",
			       STR_ARG(listfeed_name(format)));
	return 0;
}
