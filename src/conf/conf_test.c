#include "conf/conf.h"

#include "conf/conf_schema.h"
#include "conf/nearest.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena *new_arena(void)
{
	return arena_new("test", 64 << 20);
}

static void assert_str(str got, const char *want)
{
	if (!str_eq(got, str_c(want)))
		fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

/* Exact size on the heap, so that a read past the end is seen. */
static int load(struct conf *c, const char *text, struct why *why)
{
	size_t n = strlen(text);
	char *copy = malloc(n ? n : 1);
	int r;

	memcpy(copy, text, n);
	r = conf_load_text(c, "t.yaml", str_of(copy, n), why);
	free(copy);
	return r;
}

static void the_defaults_are_complete_and_valid(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	struct conf *c = conf_new_default(a);
	struct why why;

	(void)state;
	assert_int_equal(conf_check(c, &why), 0);
	assert_str(c->hostname, "mx.hopital.example");
	assert_int_equal(c->domains.n, 1);
	assert_int_equal(c->smtp.max_message_bytes, 10240000);
	assert_int_equal(c->smtp.command_timeout, 300000);
	assert_int_equal(c->delivery.retry.n, 7);
	assert_int_equal(c->delivery.retry.v[6], 4 * 3600 * 1000);
	assert_int_equal(c->delivery.next_hop.kind, CONF_PEER_MAILDIR);
	assert_int_equal(c->antivirus.when_down, CONF_WHEN_DEFER);
	assert_int_equal(c->antivirus.when_absent, CONF_WHEN_ACCEPT);
	assert_int_equal(c->listen.smtp.v[0].at.port, 2525);
	assert_str(conf_runtime_dir(c), "/var/lib/poterne");
	assert_str(conf_maildir(c, a), "/var/lib/poterne/maildir");
	assert_non_null(conf_check_warning(c, 0));
	assert_null(conf_check_warning(c, 1));
	assert_true(conf_is_own_domain(c, STR("HOPITAL.example")));
	assert_false(conf_is_own_domain(c, STR("x.hopital.example")));
}

static void a_file_sets_what_it_names_and_nothing_else(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	struct conf *c = conf_new_default(a);
	struct why why;

	(void)state;
	assert_int_equal(load(c,
			      "# site\n"
			      "hostname: MX.Mairie.example\n"
			      "domains: [mairie.example, \"b.example\"]\n"
			      "listen:\n  smtp:\n    - 0.0.0.0:25\n    - \"[::]:25\"\n"
			      "smtp:\n  threads: 8\n  starttls: false\n"
			      "tls:\n"
			      "dns: {servers: [127.0.0.1, \"::1\"]}\n"
			      "delivery: {next_hop: 'lmtp:unix:/run/lmtp', retry: [500s, 2h]}\n",
			      &why),
			 0);
	assert_str(c->hostname, "mx.mairie.example");
	assert_int_equal(c->domains.n, 2);
	assert_str(c->domains.v[1], "b.example");
	assert_str(c->listen.smtp.v[1].at.host, "::");
	assert_int_equal(c->listen.smtp.v[1].at.port, 25);
	assert_int_equal(c->smtp.threads, 8);
	assert_false(c->smtp.starttls);
	assert_int_equal(c->smtp.max_recipients, 100);
	assert_int_equal(c->dns.servers.n, 2);
	assert_int_equal(c->delivery.next_hop.kind, CONF_PEER_LMTP_UNIX);
	assert_str(c->delivery.next_hop.path, "/run/lmtp");
	assert_int_equal(c->delivery.retry.v[0], 500000);
}

static void a_bad_file_is_refused_with_place_and_hint(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "smtp:\n  treads: 5\n", "t.yaml:2:3: found \"smtp.treads\", expected a key of "
					  "\"smtp\"; did you mean \"smtp.threads\"?" },
		{ "smpt: {}\n",
		  "t.yaml:1:1: found \"smpt\", expected a key; did you mean \"smtp\"?" },
		{ "starttls: true\n", "t.yaml:1:1: found \"starttls\", expected a key; did you "
				      "mean \"smtp.starttls\"?" },
		{ "zzzzzzzz: 4\n", "t.yaml:1:1: found \"zzzzzzzz\", expected a key" },
		{ "smtp.threads: 5\n", "t.yaml:1:1: found \"smtp.threads\", expected a section and "
				       "its keys indented below it" },
		{ "smtp:\n  threads: many\n", "t.yaml:2:12: found \"many\" for smtp.threads, "
					      "expected a number from 1 to 4096" },
		{ "smtp:\n  threads: 0\n",
		  "t.yaml:2:12: found \"0\" for smtp.threads, expected a number from 1 to 4096" },
		{ "smtp: {threads: 4097}\n", "t.yaml:1:17: found \"4097\" for smtp.threads, "
					     "expected a number from 1 to 4096" },
		{ "smtp:\n  threads:\n",
		  "t.yaml:2:11: found nothing for smtp.threads, expected a number from 1 to 4096" },
		{ "smtp: 5\n",
		  "t.yaml:1:7: found a single value for smtp, expected keys with values" },
		{ "- a\n", "t.yaml:1:1: found a list for the file, expected keys with values" },
		{ "hostname: [a]\n",
		  "t.yaml:1:11: found a list for hostname, expected a domain name" },
		{ "hostname: a..b\n",
		  "t.yaml:1:11: found \"a..b\" for hostname, expected a domain name" },
		{ "hostname: \"a\\nb\"\n",
		  "t.yaml:1:11: found \"a\\x0ab\" for hostname, expected a domain name" },
		{ "mode: watch\n",
		  "t.yaml:1:7: found \"watch\" for mode, expected enforce or observe" },
		{ "delivery: {tls: yes}\n", "t.yaml:1:17: found \"yes\" for delivery.tls, expected "
					    "none, may, encrypt, verify or dane" },
		{ "antivirus: {when_down: accept}\n",
		  "t.yaml:1:24: found \"accept\" for antivirus.when_down, expected defer or "
		  "quarantine" },
		{ "antivirus: {clamd: 'smtp:a:1'}\n",
		  "t.yaml:1:20: found \"smtp:a:1\" for antivirus.clamd, expected unix:/PATH or "
		  "tcp:HOST:PORT" },
		{ "delivery: {next_hop: 'smtp:a'}\n",
		  "t.yaml:1:22: found \"smtp:a\" for delivery.next_hop, expected maildir, "
		  "smtp:HOST:PORT, "
		  "lmtp:HOST:PORT, lmtp:unix:/PATH or mx" },
		{ "domains: hopital.example\n",
		  "t.yaml:1:10: found a single value for domains, expected a list, [a, b]" },
		{ "domains: []\n",
		  "t.yaml:1:10: found a list for domains, expected at least one element" },
		{ "domains:\n  - a.example\n  - 'b c'\n",
		  "t.yaml:3:5: found \"b c\" for domains, expected a domain name" },
		{ "listen: {smtp: [25]}\n",
		  "t.yaml:1:17: found \"25\" for listen.smtp, expected HOST:PORT, then any of "
		  "proxy, xclient, client_cert and handover=auto|direct|spool" },
		{ "listen: {smtp: ['127.0.0.1:25 tls']}\n",
		  "t.yaml:1:17: found \"127.0.0.1:25 tls\" for listen.smtp, expected HOST:PORT, "
		  "then any of proxy, xclient, client_cert and handover=auto|direct|spool" },
		{ "smtp: {trusted: [192.0.2.1/24]}\n",
		  "t.yaml:1:18: found \"192.0.2.1/24\" for smtp.trusted, expected an IP network "
		  "such as 192.0.2.0/24, with no bits behind its prefix" },
		{ "inspect: {deadline: 20}\n", "t.yaml:1:21: found \"20\" for inspect.deadline, "
					       "expected a duration such as 30s, 5m, 2h "
					       "or 5d, from 100ms to 10m" },
		{ "inspect: {memory: 1KiB}\n",
		  "t.yaml:1:19: found \"1KiB\" for inspect.memory, expected a size such as 10MiB, "
		  "from 64MiB to 64GiB" },
		{ "paths: {state: run}\n",
		  "t.yaml:1:16: found \"run\" for paths.state, expected an absolute path" },
		{ "smtp: {starttls: on}\n",
		  "t.yaml:1:18: found \"on\" for smtp.starttls, expected true or false" },
		{ "dns: {servers: [dns.example]}\n",
		  "t.yaml:1:17: found \"dns.example\" for dns.servers, expected an IP address, or "
		  "ADDRESS@PORT" },
		{ "hostname: a\nhostname: b\n",
		  "t.yaml:2:1: found the key \"hostname\" a second time, expected it once" },
		{ "hostname: &x a\n", "t.yaml:1:11: found an anchor (&name), expected a value" },
		{ "hostname: *x\n",
		  "t.yaml:1:11: found an alias (*name), expected the value itself" },
		{ "hostname: !!str a\n", "t.yaml:1:11: found a tag (!name), expected a value" },
		{ "domains: !x [a]\n", "t.yaml:1:10: found a tag (!name), expected a list" },
		{ "smtp: &m {threads: 1}\n",
		  "t.yaml:1:7: found an anchor (&name), expected a mapping" },
		{ "? [a]\n: b\n", "t.yaml:1:3: found a structure as a key, expected a name" },
		{ "hostname: a\n---\nhostname: b\n",
		  "t.yaml:2:1: found a second document, expected one" },
		{ "hostname: [a\n", "t.yaml:2:1: not YAML: did not find expected ',' or ']'" },
		{ "hostname: a\n\tlang: fr\n",
		  "t.yaml:2:1: not YAML: found a tab character that violates indentation" },
		{ "a: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]\n", "t.yaml:1:19: nested too deeply" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = new_arena();
		struct conf *c = conf_new_default(a);
		struct why why = { "" };

		assert_int_equal(load(c, cases[i].text, &why), -EINVAL);
		assert_string_equal(why.text, cases[i].error);
	}
}

static void set_changes_one_key_from_text(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	struct conf *c = conf_new_default(a);
	struct why why;

	(void)state;
	assert_int_equal(conf_set_assignment(c, STR("domains=a.example, b.example"), &why), 0);
	assert_int_equal(c->domains.n, 2);
	assert_str(c->domains.v[1], "b.example");
	assert_int_equal(conf_set_assignment(c, STR("dns.servers="), &why), 0);
	assert_int_equal(c->dns.servers.n, 0);
	assert_int_equal(conf_set_assignment(c, STR("antivirus.clamd=tcp:[::1]:3310"), &why), 0);
	assert_str(c->antivirus.clamd.at.host, "::1");
	assert_int_equal(conf_set(c, STR("history.keep"), STR("1d"), &why), 0);
	assert_int_equal(c->history.keep, 86400000);
}

static void a_listener_is_found_by_its_address_with_its_options(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	struct conf *c = conf_new_default(a);
	const struct conf_listener *l;
	struct why why;

	(void)state;
	assert_int_equal(conf_set_assignment(c,
					     STR("listen.smtp=127.0.0.1:25 xclient proxy,"
						 "[::1]:2525  handover=spool client_cert"),
					     &why),
			 0);
	l = conf_listener_at(c, STR("127.0.0.1:25"));
	assert_true(l && l->proxy && l->xclient && !l->client_cert);
	assert_int_equal(l->handover, CONF_HANDOVER_AUTO);
	l = conf_listener_at(c, STR("[::1]:2525"));
	assert_true(l && !l->proxy && !l->xclient && l->client_cert);
	assert_int_equal(l->handover, CONF_HANDOVER_SPOOL);
	assert_null(conf_listener_at(c, STR("127.0.0.1:2525")));
	assert_null(conf_listener_at(c, STR("127.0.0.1")));
}

static void networks_hold_what_has_their_prefix(void **state)
{
	static const struct {
		const char *ip;
		bool in;
	} cases[] = {
		{ "10.1.2.3", true },	     { "11.0.0.1", false },   { "192.0.2.7", true },
		{ "192.0.2.8", false },	     { "2001:db8::1", true }, { "2001:db9::1", false },
		{ "::ffff:10.0.0.1", true },
	};
	cleanup(arena_freep) struct arena *a = new_arena();
	struct conf *c = conf_new_default(a);
	struct why why;

	(void)state;
	assert_int_equal(
		conf_set_assignment(c, STR("out.clients=10.0.0.0/8,192.0.2.7,2001:db8::/32"), &why),
		0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ip ip;

		assert_true(ip_parse(str_c(cases[i].ip), &ip));
		assert_int_equal(conf_networks_has(&c->out.clients, ip), cases[i].in);
	}
	assert_false(conf_networks_has(&c->out.clients, (struct ip){ 0 }));
}

static void a_bad_set_changes_nothing_and_says_why(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "smtp.threads", "expected path.to.key=value" },
		{ "smtp.thread=4", "found \"smtp.thread\", expected a configuration key; did you "
				   "mean \"smtp.threads\"?" },
		{ "smtp=4", "found \"smtp\", a section, expected one of its keys" },
		{ "domains=", "found \"\" for domains, expected a domain name" },
		{ "domains=a,,b", "found \"\" for domains, expected a domain name" },
		{ "smtp.threads=-1",
		  "found \"-1\" for smtp.threads, expected a number from 1 to 4096" },
		/* More do not fit a message between processes. */
		{ "smtp.max_recipients=1001",
		  "found \"1001\" for smtp.max_recipients, expected a number from 1 to 1000" },
	};
	cleanup(arena_freep) struct arena *a = new_arena();
	struct conf *c = conf_new_default(a);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct why why = { "" };

		assert_int_equal(conf_set_assignment(c, str_c(cases[i].text), &why), -EINVAL);
		assert_string_equal(why.text, cases[i].error);
	}
	assert_int_equal(c->domains.n, 1);
	assert_int_equal(c->smtp.threads, 128);
}

static void a_list_of_certificates_holds_pairs_of_paths(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	struct conf *c = conf_new_default(a);
	str certificate, key;
	struct why why;

	(void)state;
	assert_int_equal(
		conf_set_assignment(c, STR("tls.certificates=/a.pem /a.key, /b.pem  /b.key"), &why),
		0);
	assert_int_equal(conf_check(c, &why), 0);
	assert_int_equal(c->tls.certificates.n, 2);
	assert_true(conf_certificate_pair(c->tls.certificates.v[1], &certificate, &key));
	assert_str(certificate, "/b.pem");
	assert_str(key, "/b.key");
}

static void keys_that_contradict_each_other_are_refused(void **state)
{
	static const struct {
		const char *set, *error;
	} cases[] = {
		{ "tls.certificate=/c.pem",
		  "tls.certificate is set and tls.key is not; set both or none" },
		{ "tls.key=/k.pem", "tls.key is set and tls.certificate is not; set both or none" },
		{ "tls.certificates=/c.pem", "expected the absolute paths of a certificate" },
		{ "tls.certificates=/c.pem k.pem", "found \"/c.pem k.pem\", expected" },
		{ "tls.certificates=c.pem /k.pem", "found \"c.pem /k.pem\", expected" },
		{ "tls.certificates=/c.pem /k.pem,/c /k /more", "found \"/c /k /more\"" },
		{ "smtp.max_message_bytes=200MiB", "inspect.max_unpacked_bytes is below" },
		{ "inspect.deadline=60s", "inspect.deadline is not below scan.deadline" },
		{ "smtp.session_timeout=1m", "smtp.session_timeout is below" },
		{ "role=out", "role is out and out.clients is empty" },
		{ "delivery.retry=6d", "delivery.max_age is below" },
		{ "reports.addresses=a@b.example,rapports",
		  "found \"rapports\", expected a mailbox" },
		{ "memory.shared=tcp:redis.example:6379",
		  "found the name \"redis.example\", expected an address" },
		{ "memory.shared=tcp:192.0.2.1:6379", "memory.secret_file is not" },
		{ "recipients.delimiter=+-",
		  "recipients.delimiter: found \"+-\", expected one of" },
		{ "recipients.delimiter=@", "recipients.delimiter: found \"@\", expected one of" },
		{ "recipients.reject=partner.example", "expected one of domains" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = new_arena();
		struct conf *c = conf_new_default(a);
		struct why why = { "" };

		assert_int_equal(conf_set_assignment(c, str_c(cases[i].set), &why), 0);
		assert_int_equal(conf_check(c, &why), -EINVAL);
		assert_non_null(strstr(why.text, cases[i].error));
	}
}

static struct conf *unusual(struct arena *a)
{
	static const char *const sets[] = {
		"domains=a.example,b.example",
		"listen.smtp=[::1]:25 client_cert proxy,127.0.0.1:2525 handover=direct xclient",
		"smtp.trusted=10.0.0.0/8,2001:db8::/32,192.0.2.7",
		"smtp.early_talker=log",
		"delivery.next_hop=smtp:relay.example:25",
		"antivirus.clamd=unix:/run/a b\"\\.ctl",
		"delivery.maildir=boîte: #1",
		"inspect.deadline=1500ms",
		"tls.min_version=1.3",
		"delivery.retry=90s,1h",
		"smtp.max_message_bytes=99999",
		"dns.servers=::1",
	};
	struct conf *c = conf_new_default(a);
	struct why why;

	for (size_t i = 0; i < ARRAY_LEN(sets); i++)
		assert_int_equal(conf_set_assignment(c, str_c(sets[i]), &why), 0);
	return c;
}

static str encoded(const struct conf *c, struct arena *a, unsigned audience)
{
	struct strbuf b = strbuf_make(a, CONF_TEXT_MAX);

	conf_text_encode(c, audience, &b);
	assert_false(b.overflow);
	return strbuf_str(&b);
}

static void the_flat_text_reads_back_as_itself(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	struct conf *back = conf_new_default(a);
	str text = encoded(unusual(a), a, CONF_FOR_ALL);
	struct why why;

	(void)state;
	assert_int_equal(conf_text_decode(back, text, &why), 0);
	assert_true(str_eq(encoded(back, a, CONF_FOR_ALL), text));
	assert_int_equal(conf_text_decode(back, str_sub(text, 0, text.n - 1), &why), -EINVAL);
	assert_int_equal(conf_text_decode(back, STR("what=1\n"), &why), -EINVAL);
}

static void the_shown_file_reads_back_as_itself(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	struct strbuf b = strbuf_make(a, CONF_TEXT_MAX);
	struct conf *c = unusual(a), *back = conf_new_default(a);
	struct why why = { "" };

	(void)state;
	conf_show(c, &b);
	if (conf_load_text(back, "shown", strbuf_str(&b), &why) < 0)
		fail_msg("%s", why.text);
	assert_true(str_eq(encoded(back, a, CONF_FOR_ALL), encoded(c, a, CONF_FOR_ALL)));
}

static void a_process_is_told_only_what_it_may_see(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	struct conf *c = conf_new_default(a);

	(void)state;
	assert_int_equal(str_find(encoded(c, a, CONF_FOR_EDGE), STR("tls.key")), STR_NONE);
	assert_int_equal(str_find(encoded(c, a, CONF_FOR_EDGE), STR("paths.")), STR_NONE);
	assert_int_not_equal(str_find(encoded(c, a, CONF_FOR_EDGE), STR("smtp.threads=128\n")),
			     STR_NONE);
	assert_int_equal(str_find(encoded(c, a, CONF_FOR_DNS), STR("delivery.")), STR_NONE);
	assert_int_not_equal(str_find(encoded(c, a, CONF_FOR_POTERNED), STR("tls.key=")), STR_NONE);
}

static void every_key_is_documented_and_seen_by_someone(void **state)
{
	(void)state;
	for (size_t i = 0; i < conf_schema_n; i++) {
		const struct conf_key *k = &conf_schema[i];

		assert_non_null(k->doc);
		assert_true(k->audience & CONF_FOR_CLI);
		assert_ptr_equal(conf_schema_find(str_c(k->path)), k);
		assert_false(conf_schema_is_section(str_c(k->path)));
	}
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void files_of_conf_d_follow_in_order_of_name(void **state)
{
	cleanup(arena_freep) struct arena *a = new_arena();
	struct conf *c = conf_new_default(a);
	char dir[] = "/tmp/conf_test.XXXXXX";
	const char *paths[4];
	struct why why;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(mkdir(arena_fmt(a, "%s/conf.d", dir).p, 0700), 0);
	paths[0] = arena_fmt(a, "%s/poterne.yaml", dir).p;
	paths[1] = arena_fmt(a, "%s/conf.d/20-b.yaml", dir).p;
	paths[2] = arena_fmt(a, "%s/conf.d/10-a.yaml", dir).p;
	paths[3] = arena_fmt(a, "%s/conf.d/30-c.yaml.bak", dir).p;
	write_file(paths[0], "lang: fr\nsmtp: {threads: 1}\n");
	write_file(paths[1], "smtp: {threads: 3}\n");
	write_file(paths[2], "smtp: {threads: 2}\n");
	write_file(paths[3], "smtp: {threads: 4}\n");
	assert_int_equal(conf_load_file(c, paths[0], &why), 0);
	assert_int_equal(c->smtp.threads, 3);
	assert_int_equal(c->lang, CONF_LANG_FR);
	write_file(paths[2], "smtp: {thread: 2}\n");
	assert_int_equal(conf_load_file(c, paths[0], &why), -EINVAL);
	assert_true(str_starts(str_c(why.text), str_c(paths[2])));
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		unlink(paths[i]);
	assert_int_equal(conf_load_file(c, paths[0], &why), -ENOENT);
	rmdir(arena_fmt(a, "%s/conf.d", dir).p);
	rmdir(dir);
}

static void the_edit_distance_counts_slips_of_the_finger(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} cases[] = {
		{ "", "", 0 },
		{ "abc", "", 3 },
		{ "abc", "ABC", 0 },
		{ "abc", "acb", 1 },
		{ "abc", "abd", 1 },
		{ "abc", "abcd", 1 },
		{ "kitten", "sitting", 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str a = str_c(cases[i].a), b = str_c(cases[i].b);

		assert_int_equal(nearest_distance(a, b), cases[i].distance);
		assert_int_equal(nearest_distance(b, a), cases[i].distance);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_defaults_are_complete_and_valid),
		cmocka_unit_test(a_file_sets_what_it_names_and_nothing_else),
		cmocka_unit_test(a_bad_file_is_refused_with_place_and_hint),
		cmocka_unit_test(set_changes_one_key_from_text),
		cmocka_unit_test(a_listener_is_found_by_its_address_with_its_options),
		cmocka_unit_test(networks_hold_what_has_their_prefix),
		cmocka_unit_test(a_bad_set_changes_nothing_and_says_why),
		cmocka_unit_test(a_list_of_certificates_holds_pairs_of_paths),
		cmocka_unit_test(keys_that_contradict_each_other_are_refused),
		cmocka_unit_test(the_flat_text_reads_back_as_itself),
		cmocka_unit_test(the_shown_file_reads_back_as_itself),
		cmocka_unit_test(a_process_is_told_only_what_it_may_see),
		cmocka_unit_test(every_key_is_documented_and_seen_by_someone),
		cmocka_unit_test(files_of_conf_d_follow_in_order_of_name),
		cmocka_unit_test(the_edit_distance_counts_slips_of_the_finger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
