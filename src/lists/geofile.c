#include "lists/geofile.h"

#include <errno.h>
#include <maxminddb.h>
#include <netinet/in.h>

struct geofile {
	MMDB_s db;
};

int geofile_open(struct arena *a, const char *path, struct geofile **ret, struct why *why)
{
	struct geofile *g = arena_make(a, struct geofile);
	int r = MMDB_open(path, MMDB_MODE_MMAP, &g->db);

	if (r != MMDB_SUCCESS)
		return why_set(why, -EINVAL, "%s: %s", path, MMDB_strerror(r));
	*ret = g;
	return 0;
}

void geofile_close(struct geofile *g)
{
	MMDB_close(&g->db);
}

static bool look_up(const struct geofile *g, struct ip ip, MMDB_entry_s *ret)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	MMDB_lookup_result_s r;
	int error;

	if (ip.n == IP_V4)
		memcpy(&v4.sin_addr, ip.bytes, IP_V4);
	else
		memcpy(&v6.sin6_addr, ip.bytes, IP_V6);
	r = MMDB_lookup_sockaddr(
		&g->db, ip.n == IP_V4 ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6,
		&error);
	*ret = r.entry;
	return ip.n && error == MMDB_SUCCESS && r.found_entry;
}

static str text_at(MMDB_entry_s *e, struct arena *a, const char *const *path)
{
	MMDB_entry_data_s d;

	if (MMDB_aget_value(e, &d, path) != MMDB_SUCCESS || !d.has_data ||
	    d.type != MMDB_DATA_TYPE_UTF8_STRING)
		return STR("");
	return arena_str(
		a, str_of(d.utf8_string, d.data_size < GEOFILE_TEXT ? d.data_size : GEOFILE_TEXT));
}

static str number_at(MMDB_entry_s *e, struct arena *a, const char *const *path)
{
	MMDB_entry_data_s d;

	if (MMDB_aget_value(e, &d, path) != MMDB_SUCCESS || !d.has_data ||
	    d.type != MMDB_DATA_TYPE_UINT32)
		return STR("");
	return arena_fmt(a, "AS%u", d.uint32);
}

static void keep(str *to, str found)
{
	if (found.n)
		*to = found;
}

static bool is_country(str s)
{
	return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

void geofile_find(const struct geofile *g, struct arena *a, struct ip ip, struct geofile_place *ret)
{
	static const char *const number[] = { "autonomous_system_number", NULL };
	static const char *const operator[] = { "autonomous_system_organization", NULL };
	static const char *const iso[] = { "country", "iso_code", NULL };
	static const char *const asn[] = { "asn", NULL };
	static const char *const as_name[] = { "as_name", NULL };
	static const char *const code[] = { "country_code", NULL };
	static const char *const *const countries[] = { iso, code };
	MMDB_entry_s e;

	if (!look_up(g, ip, &e))
		return;
	keep(&ret->asn, number_at(&e, a, number));
	keep(&ret->asn, text_at(&e, a, asn));
	keep(&ret->name, text_at(&e, a, operator));
	keep(&ret->name, text_at(&e, a, as_name));
	for (size_t i = 0; i < ARRAY_LEN(countries); i++) {
		str found = text_at(&e, a, countries[i]);

		if (is_country(found))
			ret->country = found;
	}
}
