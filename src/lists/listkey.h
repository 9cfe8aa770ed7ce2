/* lists/listkey.h - the normal form of what stands in a list, and of what is looked up there,
 * so that the same thing has one spelling however it was written.
 *
 *	192.0.2.1  192.0.2.0/24  2001:db8::/32    an address, a network
 *	example.org                               a domain and those below it, or any other word
 *	=example.org  @example.org                the domain itself
 *	.example.org  *.example.org               those below it
 *	user@example.org                          a mailbox
 *	https://evil.example/a  evil.example/a    a page and those below it, http or https
 *	=https://evil.example/a                   that page
 *	64 hexadecimal digits                     SHA-256 of a file
 *	invoice-*.example.org                     any text that fits as a whole (* and ?)
 *
 * Domains are in ASCII (UTS #46) and lower case. The local part of a mailbox is compared
 * without ASCII case: RFC 5321 2.4 lets its host tell cases apart, none in use does, and a
 * sender could else step around a list by one capital. What contains a blank is a word.
 *
 * Input    entries: the administrator's or a feed's; queries: hostile.
 * Memory   in the caller's arena, or slices of the input.
 * Limits   LISTKEY_MAX bytes of an entry; LISTKEY_LABELS labels of a domain and
 *          LISTKEY_PATHS steps of a path are looked up. Linear.
 * Threads  pure.
 * Errors   an entry that is none: false and what was expected.
 */
#ifndef LISTS_LISTKEY_H
#define LISTS_LISTKEY_H

#include "base/ip.h"

enum {
	LISTKEY_MAX = 4096,
	LISTKEY_LABELS = 128,
	LISTKEY_PATHS = 16,
	LISTKEY_GLOB_MAX = 200,	  /* bytes of a pattern */
	LISTKEY_GLOB_TEXT = 1024, /* bytes of a URL that patterns see */
	LISTKEY_CANDIDATES = 2 * LISTKEY_LABELS + 2 * LISTKEY_PATHS + 4,
};

enum listkey_kind {
	LISTKEY_NAME = 'n',
	LISTKEY_EXACT = 'e', /* the domain itself */
	LISTKEY_BELOW = 'b', /* those below it */
	LISTKEY_ADDRESS = 'a',
	LISTKEY_NETWORK = 'i', /* the prefix length, then 4 or 16 bytes */
	LISTKEY_URL = 'u',     /* and those below it */
	LISTKEY_URL_EXACT = 'U',
	LISTKEY_HASH = 'h',
	LISTKEY_GLOB = 'g',
};

struct listkey {
	enum listkey_kind kind;
	str text;
};

/* All keys under which one thing may be listed, the most particular first. */
struct listkey_set {
	struct listkey v[LISTKEY_CANDIDATES];
	size_t n;
	struct ip ip; /* also looked up in networks; n == 0: none */
	str text;     /* the normal form as one text, for globs */
};

bool listkey_of_entry(struct arena *a, str entry, struct listkey *ret, const char **ret_expected)
	must_use;
/* The key of an address under one prefix length; bytes is the memory of its text. */
struct listkey listkey_of_ip(struct ip ip, unsigned prefix, char bytes[1 + IP_V6]);

void listkey_client(struct ip ip, struct listkey_set *ret);
void listkey_word(struct arena *a, str word, struct listkey_set *ret);
void listkey_domain(struct arena *a, str domain, struct listkey_set *ret);
/* The mailbox, then its domain. */
void listkey_address(struct arena *a, str local, str domain, struct listkey_set *ret);
/* A URL as url_parse serialises it: the page, those above it, then its host: the name with the
 * domains above, or the address. */
void listkey_url(struct arena *a, str url, struct listkey_set *ret);
void listkey_hash(struct arena *a, const uint8_t sha256[32], struct listkey_set *ret);

/* As an entry is written. */
void listkey_put(struct strbuf *out, struct listkey key);
/* Does the whole text fit, without regard to ASCII case? */
bool listkey_glob_fits(str glob, str text);

#endif
