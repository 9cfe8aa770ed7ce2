/* conf/testrows.h - rows of a key that a configuration may not have: for tests.
 */
#ifndef CONF_TESTROWS_H
#define CONF_TESTROWS_H

#include "conf/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct testrows_case {
	const char *rows, *expected; /* what the complaint says */
};

static inline void testrows_set(struct conf *c, const char *key, const char *rows)
{
	struct why why = { "" };

	if (conf_set(c, str_c(key), str_c(rows), &why) < 0)
		fail_msg("%s", why.text);
}

static inline void testrows_refused(struct conf *c, const char *key,
				    const struct testrows_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct why why = { "" };

		testrows_set(c, key, cases[i].rows);
		assert_true(conf_check(c, &why) < 0);
		if (!strstr(why.text, cases[i].expected))
			fail_msg("%s: %s", cases[i].rows, why.text);
	}
}

#endif
