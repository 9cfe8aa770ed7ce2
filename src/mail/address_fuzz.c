/* A path or mailbox that parses is written and parses again to the same address. */
#include "mail/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_and_read(struct arena *a, struct address address)
{
	struct strbuf b = strbuf_make(a, 4096);
	struct address again;

	strbuf_char(&b, '<');
	address_put(&b, address);
	strbuf_char(&b, '>');
	bug_if(b.overflow);
	bug_if(address_parse_path(a, strbuf_str(&b), true, &again, NULL) != ADDRESS_OK);
	bug_if(!address_eq(address, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 16 << 20);
	str in = str_of(data, size), rest;
	struct address address;

	if (address_parse_path(a, in, true, &address, &rest) == ADDRESS_OK) {
		bug_if(rest.n > size);
		write_and_read(a, address);
	}
	if (address_parse_mailbox(a, in, true, &address) == ADDRESS_OK)
		write_and_read(a, address);
	if (address_parse_path(a, in, false, &address, NULL) == ADDRESS_OK)
		bug_if(address_parse_path(a, in, true, &address, NULL) != ADDRESS_OK);
	return 0;
}
