/* A database of two networks is written, then asked. */
#include "scan/geoevidence.h"

#include "base/fd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

/* --- MMDB, as its specification says: a binary tree over the bits of addresses, 24 bits a record;
 * sixteen zero bytes; the data; a mark; metadata --- */

enum { NODES_MAX = 200, STRING = 2, U16 = 5, U32 = 6, MAP = 7 };

struct maker {
	struct arena *arena;
	uint32_t node[NODES_MAX][2]; /* 0: nothing; NODES_MAX + n: data at n */
	uint32_t nodes;
	struct strbuf data;
};

static void put_type(struct strbuf *b, int type, size_t size)
{
	strbuf_char(b, (char)(type << 5 | (int)size));
}

static void put_text(struct strbuf *b, const char *text)
{
	size_t n = strlen(text);

	put_type(b, STRING, n < 29 ? n : 29);
	if (n >= 29)
		strbuf_char(b, (char)(n - 29));
	strbuf_put(b, str_c(text));
}

static void put_number(struct strbuf *b, int type, uint32_t v, size_t bytes)
{
	put_type(b, type, bytes);
	for (size_t i = bytes; i > 0; i--)
		strbuf_char(b, (char)(v >> 8 * (i - 1)));
}

/* The network's place in the tree, and its data. */
static void add_network(struct maker *m, const char *network, unsigned prefix, uint32_t asn,
			const char *country)
{
	uint32_t at = 0, data = (uint32_t)m->data.n;
	struct ip ip;

	assert_true(ip_parse(str_c(network), &ip));
	for (unsigned bit = 0; bit < prefix; bit++) {
		unsigned side = ip.bytes[bit / 8] >> (7 - bit % 8) & 1;

		if (bit + 1 == prefix)
			m->node[at][side] = NODES_MAX + data;
		else if (!m->node[at][side])
			m->node[at][side] = m->nodes++;
		at = m->node[at][side];
	}
	put_type(&m->data, MAP, 3);
	put_text(&m->data, "autonomous_system_number");
	put_number(&m->data, U32, asn, 4);
	put_text(&m->data, "autonomous_system_organization");
	put_text(&m->data, "Example");
	put_text(&m->data, "country");
	put_type(&m->data, MAP, 1);
	put_text(&m->data, "iso_code");
	put_text(&m->data, country);
}

static void put_record(struct strbuf *b, const struct maker *m, uint32_t v)
{
	if (v == 0)
		v = m->nodes;
	else if (v >= NODES_MAX)
		v = m->nodes + 16 + (v - NODES_MAX);
	strbuf_char(b, (char)(v >> 16));
	strbuf_char(b, (char)(v >> 8));
	strbuf_char(b, (char)v);
}

static void put_metadata(struct strbuf *b, const struct maker *m)
{
	strbuf_put(b, STR("\xab\xcd\xefMaxMind.com"));
	put_type(b, MAP, 9);
	put_text(b, "node_count");
	put_number(b, U32, m->nodes, 4);
	put_text(b, "record_size");
	put_number(b, U16, 24, 2);
	put_text(b, "ip_version");
	put_number(b, U16, 4, 2);
	put_text(b, "database_type");
	put_text(b, "test");
	put_text(b, "languages");
	strbuf_put(b, str_of("\x00\x04", 2)); /* an empty array */
	put_text(b, "binary_format_major_version");
	put_number(b, U16, 2, 2);
	put_text(b, "binary_format_minor_version");
	put_number(b, U16, 0, 2);
	put_text(b, "build_epoch");
	strbuf_put(b, str_of("\x01\x02\x07", 3));
	put_text(b, "description");
	put_type(b, MAP, 0);
}

static void write_database(struct arena *a, int fd)
{
	struct maker m = { .arena = a, .nodes = 1, .data = strbuf_make(a, 4096) };
	struct strbuf file = strbuf_make(a, 1 << 16);
	struct why why = { "" };

	add_network(&m, "192.0.2.0", 24, 64500, "FR");
	add_network(&m, "203.0.113.0", 24, 64501, "NG");
	for (uint32_t i = 0; i < m.nodes; i++) {
		put_record(&file, &m, m.node[i][0]);
		put_record(&file, &m, m.node[i][1]);
	}
	strbuf_put(&file, str_of("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16));
	strbuf_put(&file, strbuf_str(&m.data));
	put_metadata(&file, &m);
	assert_int_equal(fd_write_all(fd, strbuf_str(&file), &why), 0);
}

static struct geoevidence opened(struct arena *a)
{
	char path[] = "/tmp/geoevidence_test.XXXXXX";
	struct conf *conf = conf_new_default(a);
	struct geoevidence g = { .n = 0 };
	struct why why = { "" };
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	write_database(a, fd);
	assert_int_equal(conf_set(conf, STR("asn.databases"), str_c(path), &why), 0);
	geoevidence_open(&g, a, conf);
	close(fd);
	unlink(path);
	return g;
}

static void operator_and_country_of_a_client_are_known(void **state)
{
	static const struct {
		const char *client, *asn, *country;
	} rows[] = {
		{ "192.0.2.7", "AS64500", "FR" },
		{ "203.0.113.9", "AS64501", "NG" },
		{ "198.51.100.1", "", "" },
		{ "2001:db8::1", "", "" },
		{ "", "", "" },
		{ "::ffff:192.0.2.7", "AS64500", "FR" },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	struct geoevidence g = opened(a);

	(void)state;
	assert_int_equal(g.n, 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct envelope env = { .client_ip = str_c(rows[i].client) };
		struct facts f = { 0 };
		struct evidence e = { 0 };

		geoevidence_collect(&g, a, &env, &f, &e);
		if (!str_eq(e.client_asn, str_c(rows[i].asn)) ||
		    !str_eq(e.client_country, str_c(rows[i].country)))
			fail_msg("%s: %.*s %.*s", rows[i].client, STR_ARG(e.client_asn),
				 STR_ARG(e.client_country));
	}
	geoevidence_close(&g);
}

static void a_webmail_abroad_is_told_when_nothing_explains_it(void **state)
{
	static const struct {
		const char *origin, *language, *domain;
		bool foreign; /* XOIP_FOREIGN */
	} rows[] = {
		{ "203.0.113.9", "fr", "clinique.fr", true },
		{ "203.0.113.9", "fr", "clinique.com", true },
		{ "203.0.113.9", "fr", "clinique.ng", false },
		{ "203.0.113.9", "en", "clinic.com", false },
		{ "203.0.113.9", "", "clinic.com", false },
		{ "192.0.2.7", "fr", "clinique.com", false },
		{ "192.0.2.7", "de", "klinik.com", true },
		{ "192.0.2.7", "de", "klinik.fr", false },
		{ "198.51.100.1", "fr", "clinique.fr", false },
		{ "", "fr", "clinique.fr", false },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	struct geoevidence g = opened(a);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct envelope env = { .client_ip = STR("") };
		struct facts f = { .origin_ip = str_c(rows[i].origin),
				   .language = str_c(rows[i].language) };
		struct evidence e = { 0 };

		*arena_push(a, &f.addresses) =
			(struct facts_address){ FACTS_FROM, STR(""), STR("x"),
						str_c(rows[i].domain) };
		geoevidence_collect(&g, a, &env, &f, &e);
		if ((e.symbols.n == 1) != rows[i].foreign)
			fail_msg("row %zu", i);
		if (rows[i].foreign)
			assert_true(str_eq(e.symbols.v[0].name, STR("XOIP_FOREIGN")));
	}
	geoevidence_close(&g);
}

static void without_a_database_nothing_is_known(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	struct conf *conf = conf_new_default(a);
	struct geoevidence g = { .n = 0 };
	struct envelope env = { .client_ip = STR("192.0.2.7") };
	struct facts f = { .origin_ip = STR("192.0.2.7") };
	struct evidence e = { 0 };
	struct why why = { "" };

	(void)state;
	assert_int_equal(conf_set(conf, STR("asn.databases"), STR("/nonexistent.mmdb"), &why), 0);
	geoevidence_open(&g, a, conf);
	assert_int_equal(g.n, 0);
	geoevidence_collect(&g, a, &env, &f, &e);
	assert_int_equal(e.symbols.n, 0);
	assert_int_equal(e.client_asn.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operator_and_country_of_a_client_are_known),
		cmocka_unit_test(a_webmail_abroad_is_told_when_nothing_explains_it),
		cmocka_unit_test(without_a_database_nothing_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
