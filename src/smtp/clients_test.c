#include "smtp/clients.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct ip ip(const char *text)
{
	struct ip got;

	assert_true(ip_parse(str_c(text), &got));
	return got;
}

static void each_client_and_all_of_them_are_counted(void **state)
{
	static const struct {
		const char *ip;
		int want;
	} cases[] = {
		{ "192.0.2.1", CLIENTS_OK },
		{ "192.0.2.1", CLIENTS_OK },
		{ "192.0.2.1", CLIENTS_E_CLIENT_FULL },
		{ "::ffff:192.0.2.1", CLIENTS_E_CLIENT_FULL },
		{ "192.0.2.2", CLIENTS_OK },
		{ "2001:db8::1", CLIENTS_OK },
		{ "2001:db8::ffff:2", CLIENTS_OK },
		{ "2001:db8::3", CLIENTS_E_CLIENT_FULL }, /* the same /64 */
		{ "2001:db8:0:1::3", CLIENTS_OK },	  /* another */
		{ "192.0.2.3", CLIENTS_E_FULL },
	};
	static struct clients c;
	struct clients_link links[ARRAY_LEN(cases)], again;

	(void)state;
	clients_init(&c);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(clients_enter(&c, &links[i], ip(cases[i].ip), 6, 2),
				 cases[i].want);
	clients_leave(&c, &links[0]);
	assert_int_equal(clients_enter(&c, &again, ip("192.0.2.1"), 6, 2), CLIENTS_OK);
	clients_leave(&c, &again);
	for (size_t i = 1; i < ARRAY_LEN(cases); i++) {
		if (cases[i].want == CLIENTS_OK)
			clients_leave(&c, &links[i]);
	}
	assert_int_equal(c.n, 0);
}

/* A connection through a proxy counts for nobody until its client is known. */
static void a_connection_can_move_to_its_client(void **state)
{
	static struct clients c;
	struct clients_link proxied[3], direct;

	(void)state;
	clients_init(&c);
	for (size_t i = 0; i < ARRAY_LEN(proxied); i++)
		assert_int_equal(clients_enter(&c, &proxied[i], (struct ip){ 0 }, 4, 1),
				 CLIENTS_OK);
	assert_int_equal(clients_enter(&c, &direct, ip("192.0.2.1"), 4, 1), CLIENTS_OK);
	assert_int_equal(clients_move(&c, &proxied[0], ip("192.0.2.1"), 1), CLIENTS_E_CLIENT_FULL);
	assert_int_equal(clients_move(&c, &proxied[0], ip("192.0.2.2"), 1), CLIENTS_OK);
	/* The same again is no second connection. */
	assert_int_equal(clients_move(&c, &proxied[0], ip("192.0.2.2"), 1), CLIENTS_OK);
	assert_int_equal(clients_move(&c, &proxied[1], ip("192.0.2.2"), 1), CLIENTS_E_CLIENT_FULL);
	assert_int_equal(clients_move(&c, &proxied[0], (struct ip){ 0 }, 1), CLIENTS_OK);
	assert_int_equal(clients_move(&c, &proxied[1], ip("192.0.2.2"), 1), CLIENTS_OK);
	for (size_t i = 0; i < ARRAY_LEN(proxied); i++)
		clients_leave(&c, &proxied[i]);
	clients_leave(&c, &direct);
	assert_int_equal(c.n, 0);
}

/* One client cannot take the memory that all the others need. */
static void the_memory_of_a_client_is_counted_over_its_connections(void **state)
{
	static struct clients c;
	struct clients_link one, two, other, proxied;

	(void)state;
	clients_init(&c);
	assert_int_equal(clients_enter(&c, &one, ip("2001:db8::1"), 9, 9), CLIENTS_OK);
	assert_int_equal(clients_enter(&c, &two, ip("2001:db8::2"), 9, 9), CLIENTS_OK);
	assert_int_equal(clients_enter(&c, &other, ip("192.0.2.1"), 9, 9), CLIENTS_OK);
	assert_int_equal(clients_enter(&c, &proxied, (struct ip){ 0 }, 9, 9), CLIENTS_OK);
	assert_true(clients_hold(&c, &one, 60, 100));
	assert_true(clients_hold(&c, &two, 40, 100));
	assert_false(clients_hold(&c, &one, 1, 100));
	assert_false(clients_hold(&c, &two, 1, 100));
	assert_true(clients_hold(&c, &other, 100, 100));
	assert_true(clients_hold(&c, &proxied, 1000, 100));
	assert_true(clients_hold(&c, &one, -60, 100));
	assert_true(clients_hold(&c, &two, 60, 100));
	clients_leave(&c, &two);
	assert_true(clients_hold(&c, &one, 100, 100));
	clients_leave(&c, &one);
	clients_leave(&c, &other);
	clients_leave(&c, &proxied);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_client_and_all_of_them_are_counted),
		cmocka_unit_test(a_connection_can_move_to_its_client),
		cmocka_unit_test(the_memory_of_a_client_is_counted_over_its_connections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
