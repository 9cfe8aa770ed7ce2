#include "lists/listfeed_private.h"

#include "lists/listtext.h"
#include "url/url.h"

#include <errno.h>

static const struct format {
	str name, list;
	int (*read)(struct listfeed *f, enum listfeed_format format, str in);
} formats[LISTFEED_FORMATS] = {
	[LISTFEED_PHISHTANK_CSV] = { STR("phishtank-csv"), STR("feed-phishtank"),
				     listfeed_csv_read },
	[LISTFEED_PHISHTANK_JSON] = { STR("phishtank-json"), STR("feed-phishtank"),
				      listfeed_json_read },
	[LISTFEED_OPENPHISH] = { STR("openphish"), STR("feed-openphish"), listfeed_csv_read },
	[LISTFEED_URLHAUS] = { STR("urlhaus"), STR("feed-urlhaus"), listfeed_csv_read },
	[LISTFEED_MALWAREBAZAAR] = { STR("malwarebazaar"), STR("feed-malwarebazaar"),
				     listfeed_csv_read },
	[LISTFEED_MISP] = { STR("misp"), STR("feed-indicators"), listfeed_json_read },
	[LISTFEED_STIX] = { STR("stix"), STR("feed-indicators"), listfeed_json_read },
	[LISTFEED_MAP] = { STR("map"), STR(""), listfeed_map_read },
};

bool listfeed_of_name(str name, enum listfeed_format *ret)
{
	for (size_t i = 0; i < LISTFEED_FORMATS; i++) {
		if (str_eq(name, formats[i].name)) {
			*ret = (enum listfeed_format)i;
			return true;
		}
	}
	return false;
}

str listfeed_name(enum listfeed_format format)
{
	return formats[format].name;
}

str listfeed_list(enum listfeed_format format)
{
	return formats[format].list;
}

/* As an entry is written; false when it is not what the feed says it is. */
static bool entry_of(struct arena *a, enum listfeed_what what, str thing, str *ret)
{
	struct url u;
	struct ip ip;

	if (thing.n == 0 || thing.n > LISTKEY_MAX)
		return false;
	*ret = thing;
	switch (what) {
	case LISTFEED_URL:
		if (!url_parse(a, thing, NULL, &u) || u.href.n > LISTKEY_MAX)
			return false;
		*ret = arena_fmt(a, "=%.*s", STR_ARG(u.href));
		return true;
	case LISTFEED_DOMAIN:
		return str_chr(thing, '.') != STR_NONE && !ip_parse(thing, &ip);
	case LISTFEED_ADDRESS:
		return ip_parse(str_sub(thing, 0, str_chr(thing, '/')), &ip);
	case LISTFEED_SHA256:
		return thing.n == 64;
	default:
		return true;
	}
}

static bool is_kind(enum listfeed_what what, enum listkey_kind kind)
{
	static const enum listkey_kind kinds[] = {
		[LISTFEED_URL] = LISTKEY_URL_EXACT,
		[LISTFEED_DOMAIN] = LISTKEY_NAME,
		[LISTFEED_ADDRESS] = LISTKEY_NETWORK,
		[LISTFEED_SHA256] = LISTKEY_HASH,
	};

	return what == LISTFEED_ANY || kinds[what] == kind;
}

/* A note of a stranger, on one line. */
static void put_note(struct strbuf *out, str note)
{
	if (note.n == 0)
		return;
	strbuf_put(out, STR(" # "));
	note = str_sub(note, 0, 80);
	for (size_t i = 0; i < note.n; i++)
		strbuf_char(out,
			    (unsigned char)note.p[i] < 0x20 || note.p[i] == 0x7f ? ' ' : note.p[i]);
}

void listfeed_add(struct listfeed *f, enum listfeed_what what, str thing, str note)
{
	struct listentry e;
	struct listtext_bad bad;
	str text, key;

	thing = str_trim(thing);
	if (!entry_of(f->arena, what, thing, &text) ||
	    listtext_line(f->arena, text, &e, &bad) != LISTTEXT_ENTRY ||
	    !is_kind(what, e.key.kind) || e.text.n != text.n) {
		f->count.left_out++;
		return;
	}
	key = arena_fmt(f->arena, "%c%.*s", (char)e.key.kind, STR_ARG(e.key.text));
	if (e.key.kind == LISTKEY_NETWORK) /* its key holds bytes of zero */
		key = e.key.text;
	if (map_set(&f->seen, key, f)) {
		f->count.twice++;
		return;
	}
	f->count.entries++;
	strbuf_put(f->out, text);
	strbuf_fmt(f->out, " until=%.*s", STR_ARG(f->until));
	put_note(f->out, note);
	strbuf_char(f->out, '\n');
}

int listfeed_read(struct arena *a, enum listfeed_format format, str in, str until,
		  struct strbuf *out, struct listfeed_count *ret, struct why *why)
{
	struct listfeed f = {
		.arena = a, .until = until, .out = out, .seen = map_make(a), .why = why
	};
	int r;

	if (in.n > LISTFEED_MAX)
		return why_set(why, -EFBIG, "more than %d bytes", LISTFEED_MAX);
	r = formats[format].read(&f, format, in);
	*ret = f.count;
	if (r == 0 && out->overflow)
		r = why_set(why, -EFBIG, "too many entries");
	return r;
}
