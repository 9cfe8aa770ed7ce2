#include "lists/listaudit.h"

#include "base/clock.h"

#include <openssl/evp.h>

enum { HEX = 64 };

static const str mark = { ",\"chain\":\"", 10 };

static void put_member(struct strbuf *b, const char *name, str value)
{
	strbuf_fmt(b, ",\"%s\":", name);
	strbuf_json(b, value);
}

/* SHA-256 over the hash of the line before and this line without its own. */
static void put_chain(struct strbuf *out, str before, str line)
{
	cleanup(arena_freep) struct arena *a = arena_new("chain", 1 << 20);
	struct strbuf both = strbuf_make(a, HEX + LISTAUDIT_LINE);
	uint8_t hash[32];
	unsigned n = 0;

	strbuf_put(&both, before);
	strbuf_put(&both, line);
	bug_if(EVP_Digest(both.p ? both.p : "", both.n, hash, &n, EVP_sha256(), NULL) != 1);
	for (unsigned i = 0; i < n; i++)
		strbuf_fmt(out, "%02x", hash[i]);
}

/* The hash at the end of a line, and what stands before it. */
static bool split_chain(str line, str *ret_line, str *ret_chain)
{
	size_t tail = mark.n + HEX + 2;

	if (line.n < tail || line.n > LISTAUDIT_LINE + tail || !str_ends(line, STR("\"}")) ||
	    !str_eq(str_sub(line, line.n - tail, line.n - tail + mark.n), mark))
		return false;
	*ret_line = str_sub(line, 0, line.n - tail);
	*ret_chain = str_sub(line, line.n - 2 - HEX, line.n - 2);
	return true;
}

static str last_chain(str trail)
{
	str line, rest, chain;
	size_t end;

	while (trail.n && trail.p[trail.n - 1] == '\n')
		trail.n--;
	end = str_rchr(trail, '\n');
	line = end == STR_NONE ? trail : str_skip(trail, end + 1);
	return split_chain(line, &rest, &chain) ? chain : STR("");
}

str listaudit_line(struct arena *a, str trail, const struct listaudit_change *c)
{
	struct strbuf b = strbuf_make(a, LISTAUDIT_LINE);

	strbuf_put(&b, STR("{\"time\":\""));
	clock_put_rfc3339(&b, c->at);
	strbuf_char(&b, '"');
	put_member(&b, "who", c->who);
	put_member(&b, "action", c->action);
	put_member(&b, "list", c->list);
	put_member(&b, "entry", str_sub(c->entry, 0, 4096));
	put_member(&b, "why", str_sub(c->why, 0, 1000));
	strbuf_fmt(&b, ",\"entries\":%llu", (unsigned long long)c->entries);
	struct strbuf line = strbuf_make(a, LISTAUDIT_LINE + mark.n + HEX + 3);

	strbuf_put(&line, strbuf_str(&b));
	strbuf_put(&line, mark);
	put_chain(&line, last_chain(trail), strbuf_str(&b));
	strbuf_put(&line, STR("\"}\n"));
	return strbuf_str(&line);
}

bool listaudit_check(struct arena *a, str trail, size_t *ret_line)
{
	str line, before = STR("");

	*ret_line = 0;
	while (trail.n && str_split(&trail, '\n', &line)) {
		struct strbuf expected = strbuf_make(a, HEX);
		str rest, chain;

		++*ret_line;
		if (!split_chain(line, &rest, &chain))
			return false;
		put_chain(&expected, before, rest);
		if (!str_eq(strbuf_str(&expected), chain))
			return false;
		before = chain;
	}
	return true;
}
