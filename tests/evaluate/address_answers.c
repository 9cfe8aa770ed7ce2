/* tests/evaluate/address_answers.c - addresses, bare, for address.py.
 *
 * address_answers -   questions one a line on standard input, told apart by a member:
 *   {"mailbox", "utf8"}   is it one address, strictly
 *   {"list"}              the addresses of a field, leniently
 *   {"hostname"}          is it a domain
 *   {"ascii"}             its A-labels, or null
 * and answers one a line on standard output.
 */
#include "auth/dmarcwalk.h"
#include "mail/address_list.h"

#include <jansson.h>

enum { LINE_MAX_BYTES = 1 << 20, MAX_ITEMS = 1000 };

static str member(const json_t *object, const char *key)
{
	const json_t *s = json_object_get(object, key);

	return str_of(json_string_value(s), json_string_length(s));
}

static json_t *list_of(struct arena *a, str value)
{
	json_t *addresses = json_array();
	struct address_list list;

	address_list_parse(a, value, MAX_ITEMS, &list);
	for (size_t i = 0; i < list.boxes.n; i++) {
		struct strbuf b = strbuf_make(a, LINE_MAX_BYTES);

		address_put(&b, list.boxes.v[i].address);
		json_array_append_new(addresses, json_stringn_nocheck(b.n ? b.p : "", b.n));
	}
	return json_pack("{s:o}", "addresses", addresses);
}

static json_t *answer(struct arena *a, const json_t *q)
{
	struct address address;
	str ascii;

	if (json_object_get(q, "mailbox"))
		return json_pack("{s:b}", "valid",
				 address_parse_mailbox(a, member(q, "mailbox"),
						       json_is_true(json_object_get(q, "utf8")),
						       &address) == ADDRESS_OK);
	if (json_object_get(q, "list"))
		return list_of(a, member(q, "list"));
	if (json_object_get(q, "hostname"))
		return json_pack("{s:b}", "valid",
				 address_domain_valid(member(q, "hostname"), false));
	if (!dmarcwalk_domain(a, member(q, "ascii"), &ascii))
		return json_pack("{s:n}", "ascii");
	return json_pack("{s:o}", "ascii", json_stringn_nocheck(ascii.p, ascii.n));
}

int main(void)
{
	cleanup(arena_freep) struct arena *a = arena_new("question", 1 << 30);
	static char line[LINE_MAX_BYTES];

	while (fgets(line, sizeof(line), stdin)) {
		json_t *q = json_loads(line, JSON_ALLOW_NUL, NULL), *reply;

		if (!q)
			return 2;
		reply = answer(a, q);
		json_dumpf(reply, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(reply);
		json_decref(q);
		arena_reset(a);
	}
	return 0;
}
