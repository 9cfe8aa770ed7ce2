/* conf/conf_value.h - values of the schema's types, from text and to text.
 *
 * Input    text of the administrator; hostile for conf_text_decode.
 * Memory   strings are copied into the arena.
 * Limits   CONF_VALUE_MAX bytes a value, CONF_LIST_MAX elements.
 * Threads  pure.
 * Errors   false, and the target is untouched.
 */
#ifndef CONF_CONF_VALUE_H
#define CONF_CONF_VALUE_H

#include "conf/conf_schema.h"

enum { CONF_VALUE_MAX = 4096 };

/* One value, or one element of a list, into *at. */
bool conf_value_parse(struct arena *a, const struct conf_key *key, str text, void *at) must_use;
/* ADDRESS or ADDRESS/PREFIX. */
bool conf_value_network(str text, struct conf_network *at) must_use;
/* A whole member of struct conf from comma separated text. */
bool conf_value_parse_list(struct arena *a, const struct conf_key *key, str text, void *at,
			   str *ret_bad) must_use;
/* A list from texts already cut apart; *ret_bad is the index of the first bad one. */
bool conf_value_parse_array(struct arena *a, const struct conf_key *key, const str *texts, size_t n,
			    void *at, size_t *ret_bad) must_use;
/* The text that parses to the same value: element i of a list (i is 0 otherwise). */
void conf_value_put(const struct conf_key *key, const void *at, size_t i, struct strbuf *out);
/* A domain name as a configuration may hold one (RFC 1123 2.1). */
bool conf_value_is_domain(str s) must_use;
/* Number of elements, 1 when the key is no list. */
size_t conf_value_count(const struct conf_key *key, const void *at);
/* "a number from 1 to 4096": what a key accepts, for error texts. */
void conf_value_expected(const struct conf_key *key, struct strbuf *out);

#endif
