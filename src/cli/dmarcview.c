#include "cli/dmarcview.h"

#include "cli/dmarcadvice.h"
#include "cli/dmarcnames.h"
#include "cli/table.h"

enum { BAR = 24 };

struct view {
	struct strbuf *out;
	enum conf_lang lang;
	bool bars;
	json_t *lines; /* array of all objects */
};

static const char *say(const struct view *v, const char *en, const char *fr)
{
	return v->lang == CONF_LANG_FR ? fr : en;
}

static bool load(struct view *v, str lines)
{
	str line;

	v->lines = json_array();
	while (str_split(&lines, '\n', &line)) {
		json_t *object = line.n ? json_loadb(line.p, line.n, 0, NULL) : NULL;

		if (line.n &&
		    (!json_is_object(object) || json_array_append_new(v->lines, object) < 0)) {
			json_decref(object);
			return false;
		}
	}
	return true;
}

static str text(const struct view *v, const json_t *o, const char *key)
{
	return table_value(v->out->arena, o, key);
}

static uint64_t number(const json_t *o, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(o, key));

	return n > 0 ? (uint64_t)n : 0;
}

static bool is_kind(const json_t *o, const char *kind)
{
	const char *k = json_string_value(json_object_get(o, "kind"));

	return k && strcmp(k, kind) == 0;
}

static bool is_of(const json_t *o, const char *kind, const json_t *domain)
{
	return is_kind(o, kind) &&
	       json_equal(json_object_get(o, "domain"), json_object_get(domain, "domain"));
}

static struct dmarcadvice_source source_of(const struct view *v, const json_t *o)
{
	return (struct dmarcadvice_source){
		.network = text(v, o, "network"),
		.ip = text(v, o, "ip"),
		.name = text(v, o, "name"),
		.header_from = text(v, o, "header_from"),
		.mail_from = text(v, o, "mail_from"),
		.signer = text(v, o, "signer"),
		.addresses = number(o, "addresses"),
		.days = number(o, "days"),
		.messages = number(o, "messages"),
		.aligned = number(o, "aligned"),
		.spf = number(o, "spf"),
		.dkim = number(o, "dkim"),
		.only_dkim = number(o, "only_dkim"),
		.forwarded = number(o, "forwarded"),
		.foreign_spf = number(o, "foreign_spf"),
		.foreign_dkim = number(o, "foreign_dkim"),
		.broken_dkim = number(o, "broken_dkim"),
	};
}

static double percent(uint64_t part, uint64_t all)
{
	return all ? 100.0 * (double)part / (double)all : 0;
}

static void put_bar(const struct view *v, uint64_t part, uint64_t all)
{
	uint64_t full = all ? part * BAR / all : 0;

	for (uint64_t i = 0; v->bars && i < BAR; i++)
		strbuf_put(v->out, i < full ? STR("\xe2\x96\x88") : STR("\xe2\x96\x91"));
	strbuf_put(v->out, v->bars ? STR(" ") : STR(""));
}

static void put_share(const struct view *v, const char *what, uint64_t part, uint64_t all)
{
	strbuf_fmt(v->out, "  %s ", what);
	put_bar(v, part, all);
	strbuf_fmt(v->out, "%5.1f %%\n", percent(part, all));
}

static struct dmarcadvice_domain sum_up(const struct view *v, const json_t *domain)
{
	const json_t *published = json_object_get(domain, "published"), *o;
	struct dmarcadvice_domain d = {
		.p = text(v, published, "p"),
		.weakened = json_is_true(json_object_get(published, "testing")) ||
			    number(published, "pct") < 100,
		.days = number(domain, "days"),
	};
	size_t i;

	json_array_foreach(v->lines, i, o)
	{
		struct dmarcadvice_source s = source_of(v, o);

		if (is_of(o, "source", domain))
			dmarcadvice_add(&d, &s);
	}
	json_array_foreach(v->lines, i, o)
	{
		struct dmarcadvice_source s = source_of(v, o);

		d.strangers += is_of(o, "source", domain) && dmarcadvice_is_notable(&d, &s);
	}
	return d;
}

static void put_head(const struct view *v, const json_t *domain, const struct dmarcadvice_domain *d)
{
	const json_t *published = json_object_get(domain, "published");
	str name = text(v, domain, "domain"), first = text(v, domain, "first"),
	    last = text(v, domain, "last");

	strbuf_fmt(v->out, "%.*s\n", STR_ARG(name));
	strbuf_fmt(v->out,
		   v->lang == CONF_LANG_FR
			   ? "  %llu messages, %llu rapports de %llu destinataires, du %.10s au "
			     "%.10s\n"
			   : "  %llu messages, %llu reports of %llu receivers, %.10s to %.10s\n",
		   (unsigned long long)d->messages, (unsigned long long)number(domain, "reports"),
		   (unsigned long long)number(domain, "reporters"),
		   first.n >= 10 ? first.p : "          ", last.n >= 10 ? last.p : "          ");
	strbuf_fmt(v->out, "  %s p=%.*s", say(v, "policy they saw:", "politique constatée :"),
		   STR_ARG(text(v, published, "p")));
	if (text(v, published, "sp").n)
		strbuf_fmt(v->out, " sp=%.*s", STR_ARG(text(v, published, "sp")));
	if (number(published, "pct") < 100)
		strbuf_fmt(v->out, " pct=%llu", (unsigned long long)number(published, "pct"));
	strbuf_put(v->out,
		   d->weakened && number(published, "pct") == 100 ? STR(" t=y\n\n") : STR("\n\n"));
	put_share(v, say(v, "aligned ", "aligné  "), d->aligned, d->messages);
	put_share(v, "SPF     ", d->spf, d->messages);
	put_share(v, "DKIM    ", d->dkim, d->messages);
	put_share(v, say(v, "neither ", "aucun   "), d->messages - d->aligned, d->messages);
	strbuf_char(v->out, '\n');
}

static void put_source(const struct view *v, const struct dmarcadvice_domain *d,
		       const struct dmarcadvice_source *s)
{
	str where = s->addresses == 1 ? s->ip : s->network;
	str class = dmarcadvice_class_name(dmarcadvice_class_of(s), v->lang);
	struct strbuf advice = strbuf_make(v->out->arena, 4096);

	strbuf_fmt(v->out, "%c %-26.*s %8llu %6.1f %6.1f %6.1f  %.*s%s%.*s\n",
		   dmarcadvice_is_notable(d, s) ? '!' : ' ', STR_ARG(where),
		   (unsigned long long)s->messages, percent(s->aligned, s->messages),
		   percent(s->spf, s->messages), percent(s->dkim, s->messages), STR_ARG(class),
		   s->name.n ? ", " : "", STR_ARG(s->name));
	dmarcadvice_put_source(&advice, s, v->lang);
	if (advice.n)
		strbuf_fmt(v->out, "      %.*s\n", STR_ARG(strbuf_str(&advice)));
}

static void put_sources(const struct view *v, const json_t *domain,
			const struct dmarcadvice_domain *d)
{
	uint64_t n = 0, left = 0, messages = 0;
	const json_t *o;
	size_t i;

	strbuf_fmt(v->out, "  %-26s %8s %6s %6s %6s\n", say(v, "SOURCE", "SOURCE"),
		   say(v, "MESSAGES", "MESSAGES"), say(v, "OK %", "OK %"), "SPF %", "DKIM %");
	json_array_foreach(v->lines, i, o)
	{
		struct dmarcadvice_source s = source_of(v, o);

		if (!is_of(o, "source", domain))
			continue;
		if (n++ < DMARCVIEW_SOURCES) {
			put_source(v, d, &s);
		} else {
			left++;
			messages += s.messages;
		}
	}
	if (left)
		strbuf_fmt(v->out,
			   v->lang == CONF_LANG_FR
				   ? "  et %llu autres avec %llu messages (voir --json)\n"
				   : "  and %llu more with %llu messages (--json has them)\n",
			   (unsigned long long)left, (unsigned long long)messages);
	strbuf_char(v->out, '\n');
}

/* Who can be believed by nobody stands apart. */
static void put_unauthenticated(const struct view *v)
{
	const json_t *o;
	size_t i, n = 0;

	json_array_foreach(v->lines, i, o)
	{
		if (!is_kind(o, "unauthenticated"))
			continue;
		if (!n++)
			strbuf_fmt(
				v->out, "%s\n",
				say(v,
				    "Not counted, since their sender is not authenticated "
				    "(--all counts them):",
				    "Non comptés, leur expéditeur n'étant pas authentifié (--all "
				    "les compte) :"));
		strbuf_fmt(v->out, "  %.*s (%.*s) %.*s: %llu\n", STR_ARG(text(v, o, "org")),
			   STR_ARG(text(v, o, "sender")), STR_ARG(text(v, o, "domain")),
			   (unsigned long long)number(o, "reports"));
	}
}

bool dmarcview_put(struct strbuf *out, str lines, enum conf_lang lang, bool bars,
		   const struct dns_resolver *names)
{
	struct view v = { out, lang, bars, NULL };
	bool good = load(&v, lines);
	const json_t *o;
	size_t i, n = 0;

	if (good && names)
		dmarcnames_find(names, out->arena, v.lines);
	json_array_foreach(v.lines, i, o)
	{
		struct dmarcadvice_domain d;

		if (!good || !is_kind(o, "domain"))
			continue;
		d = sum_up(&v, o);
		put_head(&v, o, &d);
		put_sources(&v, o, &d);
		strbuf_put(out, STR("  => "));
		dmarcadvice_put_step(out, &d, lang);
		strbuf_put(out, STR("\n\n"));
		n++;
	}
	if (good && !n)
		strbuf_fmt(
			out, "%s\n",
			say(&v, "No report can be counted.", "Aucun rapport ne peut être compté."));
	if (good)
		put_unauthenticated(&v);
	json_decref(v.lines);
	return good;
}

static void put_failures(const struct view *v, const json_t *policy)
{
	const json_t *o;
	size_t i;

	json_array_foreach(v->lines, i, o)
	{
		str advice, mx = text(v, o, "mx"), reason = text(v, o, "reason");

		if (!is_of(o, "failure", policy) ||
		    !json_equal(json_object_get(o, "type"), json_object_get(policy, "type")))
			continue;
		advice = dmarcadvice_tls(text(v, o, "result"), v->lang);
		strbuf_fmt(v->out, "  %8llu %.*s %.*s %.*s\n           %.*s\n",
			   (unsigned long long)number(o, "failed"), STR_ARG(text(v, o, "result")),
			   STR_ARG(mx), STR_ARG(reason), STR_ARG(advice));
	}
}

bool dmarcview_put_tls(struct strbuf *out, str lines, enum conf_lang lang)
{
	struct view v = { out, lang, false, NULL };
	bool good = load(&v, lines);
	const json_t *o;
	size_t i, n = 0;

	json_array_foreach(v.lines, i, o)
	{
		uint64_t failed = number(o, "failed"), all = failed + number(o, "successful");

		if (!good || !is_kind(o, "policy"))
			continue;
		strbuf_fmt(out,
			   lang == CONF_LANG_FR ? "%.*s %.*s : %llu sessions, %.2f %% en échec\n"
						: "%.*s %.*s: %llu sessions, %.2f %% failed\n",
			   STR_ARG(text(&v, o, "domain")), STR_ARG(text(&v, o, "type")),
			   (unsigned long long)all, percent(failed, all));
		put_failures(&v, o);
		n++;
	}
	if (good && !n)
		strbuf_fmt(
			out, "%s\n",
			say(&v, "No report can be counted.", "Aucun rapport ne peut être compté."));
	if (good)
		put_unauthenticated(&v);
	json_decref(v.lines);
	return good;
}
