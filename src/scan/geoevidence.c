#include "scan/geoevidence.h"

#include "base/log.h"

void geoevidence_open(struct geoevidence *g, struct arena *a, const struct conf *conf)
{
	for (size_t i = 0; i < conf->asn.databases.n && g->n < GEOEVIDENCE_FILES; i++) {
		struct why why;

		if (geofile_open(a, arena_cz(a, conf->asn.databases.v[i]), &g->files[g->n], &why) ==
		    0)
			g->n++;
		else
			log_event("asn.unreadable", F_C("why", why.text));
	}
}

void geoevidence_close(struct geoevidence *g)
{
	while (g->n)
		geofile_close(g->files[--g->n]);
}

static bool find(const struct geoevidence *g, struct arena *a, str address,
		 struct geofile_place *ret)
{
	struct ip ip;

	*ret = (struct geofile_place){ STR(""), STR(""), STR("") };
	if (!g->n || !ip_parse(address, &ip))
		return false;
	for (size_t i = 0; i < g->n; i++)
		geofile_find(g->files[i], a, ip, ret);
	return ret->asn.n || ret->country.n;
}

/* Where a language is at home. One that is written everywhere says nothing of the place. */
static const struct {
	str language;
	const char *countries;
} homes[] = {
	{ STR("fr"),
	  "FR BE CH LU MC CA GP MQ GF RE YT NC PF PM WF BL MF SN CI CM MA DZ TN MG ML BF NE "
	  "TG BJ GA CG CD GN TD DJ KM HT MU SC LB AD VU RW BI" },
	{ STR("de"), "DE AT CH LI LU BE IT" },
	{ STR("es"), "ES MX AR CO PE VE CL EC GT CU BO DO HN PY SV NI CR PA UY GQ PR AD" },
	{ STR("it"), "IT CH SM VA" },
	{ STR("pt"), "PT BR AO MZ CV GW ST TL LU" },
	{ STR("nl"), "NL BE SR AW CW" },
};

static bool is_home(str countries, str country)
{
	str one;

	while (countries.n && str_split(&countries, ' ', &one)) {
		if (str_eq(one, country))
			return true;
	}
	return false;
}

/* The last label of the author's domain as a country; empty when it is none. */
static str country_of_author(struct arena *a, const struct facts *f)
{
	for (size_t i = 0; i < f->addresses.n; i++) {
		str domain = f->addresses.v[i].domain;
		str last = str_skip(domain, str_rchr(domain, '.') + 1);
		struct strbuf b = strbuf_make(a, 2);

		if (f->addresses.v[i].where != FACTS_FROM || last.n != 2)
			continue;
		if (str_caseeq(last, STR("uk")))
			return STR("GB");
		for (size_t k = 0; k < last.n; k++)
			strbuf_char(&b, str_is_alpha(last.p[k]) ? (char)(last.p[k] & ~0x20) : '?');
		return strbuf_str(&b);
	}
	return STR("");
}

/* Somebody writes French from a country that neither the language nor his own domain explains. */
static bool is_foreign(struct arena *a, const struct facts *f, str country)
{
	if (str_eq(country_of_author(a, f), country))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(homes); i++) {
		if (str_eq(homes[i].language, f->language))
			return !is_home(str_c(homes[i].countries), country);
	}
	return false;
}

void geoevidence_collect(const struct geoevidence *g, struct arena *a, const struct envelope *env,
			 const struct facts *f, struct evidence *e)
{
	struct geofile_place place;

	if (find(g, a, env->client_ip, &place)) {
		e->client_asn = place.asn;
		e->client_country = place.country;
		evidence_add(a, e, STR("CLIENT_NETWORK"),
			     arena_fmt(a, "%.*s %.*s %.*s", STR_ARG(place.asn),
				       STR_ARG(place.country), STR_ARG(place.name)));
	}
	if (find(g, a, f->origin_ip, &place) && place.country.n && is_foreign(a, f, place.country))
		evidence_add(
			a, e, STR("XOIP_FOREIGN"),
			arena_fmt(a, "%.*s %.*s", STR_ARG(f->origin_ip), STR_ARG(place.country)));
}
