#include "lists/recipients.h"

#include "base/fd.h"

#include <errno.h>

/* In the order of enum recipients_found. */
static const str words[] = {
	{ "unknown", 7 }, { "known", 5 }, { "internal", 8 }, { "disabled", 8 }
};

str recipients_word(enum recipients_found found)
{
	return words[found];
}

bool recipients_of_word(str word, enum recipients_found *ret)
{
	if (word.n == 0) {
		*ret = RECIPIENTS_KNOWN;
		return true;
	}
	for (size_t i = RECIPIENTS_INTERNAL; i < ARRAY_LEN(words); i++) {
		if (str_eq(word, words[i])) {
			*ret = (enum recipients_found)i;
			return true;
		}
	}
	return false;
}

int recipients_open(int fd, struct recipients *ret, struct why *why)
{
	struct recipients fresh = { 0 };
	int r;

	if (!fd_is_sealed(fd))
		return why_set(why, -EPERM, "the table of recipients may still change");
	r = fd_map(fd, SIZE_MAX / 2, &fresh.map, why);
	if (r < 0)
		return r;
	if (!listset_open(fresh.map, &fresh.set)) {
		fd_unmap(&fresh.map);
		return why_set(why, -EINVAL, "the table of recipients is damaged");
	}
	*ret = fresh;
	return 0;
}

void recipients_close(struct recipients *r)
{
	if (r->map.p)
		fd_unmap(&r->map);
	*r = (struct recipients){ 0 };
}

static enum recipients_found look_up(const struct recipients *r, enum listkey_kind kind, str text)
{
	struct listkey_set keys;
	struct listset_hit hit;
	enum recipients_found found;

	keys.v[0] = (struct listkey){ kind, text };
	keys.n = 1;
	keys.ip.n = 0;
	keys.text = STR("");
	if (!listset_find(&r->set, &keys, 0, &hit) || !recipients_of_word(hit.note, &found))
		return RECIPIENTS_UNKNOWN;
	return found;
}

static size_t put_lower(char *out, size_t at, str s)
{
	for (size_t i = 0; i < s.n; i++)
		out[at + i] = str_lower_char(s.p[i]);
	return at + s.n;
}

static enum recipients_found find_mailbox(const struct recipients *r, str local, str domain)
{
	char text[ADDRESS_LOCAL_MAX + 1 + ADDRESS_DOMAIN_MAX];
	size_t n = put_lower(text, 0, local);

	n = put_lower(text, n, STR("@"));
	n = put_lower(text, n, domain);
	return look_up(r, LISTKEY_ADDRESS, str_of(text, n));
}

static enum recipients_found find_domain(const struct recipients *r, str domain)
{
	char text[ADDRESS_DOMAIN_MAX];

	return look_up(r, LISTKEY_EXACT, str_of(text, put_lower(text, 0, domain)));
}

enum recipients_found recipients_find(const struct recipients *r, struct address to, char delimiter)
{
	enum recipients_found found;
	size_t end;

	if (str_caseeq(to.local, STR("postmaster")) || str_caseeq(to.local, STR("abuse")))
		return RECIPIENTS_KNOWN;
	if (to.local.n > ADDRESS_LOCAL_MAX || to.domain.n > ADDRESS_DOMAIN_MAX)
		return RECIPIENTS_UNKNOWN;
	found = find_mailbox(r, to.local, to.domain);
	end = delimiter ? str_chr(to.local, delimiter) : STR_NONE;
	if (found == RECIPIENTS_UNKNOWN && end != STR_NONE && end > 0)
		found = find_mailbox(r, str_sub(to.local, 0, end), to.domain);
	return found == RECIPIENTS_UNKNOWN ? find_domain(r, to.domain) : found;
}
