#include "lists/recipientfile.h"

#include "base/fd.h"
#include "lists/listblock.h"

#include <errno.h>
#include <fcntl.h>

enum { LINES_A_ROUND = 1000 };

struct maker {
	const char *file;
	struct arena *arena;
	struct listblock block;
	struct listkey_set keys; /* large, so made once */
	uint32_t line;
	struct recipientfile_count count;
};

static int refuse(struct maker *m, str line, str found, const char *expected, struct why *why)
{
	struct listtext_bad bad = { m->line, (uint32_t)(found.p - line.p) + 1, found, expected };

	return listtext_refuse(m->arena, m->file, &bad, why);
}

/* An address ends at the first blank behind its last "@": what is quoted may hold blanks. */
static void cut(str row, str *ret_address, str *ret_word)
{
	size_t at = str_rchr(row, '@'), end = at == STR_NONE ? 0 : at;

	while (end < row.n && !str_is_space(row.p[end]))
		end++;
	*ret_address = str_sub(row, 0, end);
	*ret_word = str_trim(str_skip(row, end));
}

/* A domain in ASCII, whichever way it was written. */
static str ascii_domain(struct maker *m, str domain)
{
	listkey_domain(m->arena, domain, &m->keys);
	return m->keys.text;
}

static bool take_domain(struct maker *m, str domain, struct listkey *ret)
{
	if (!address_domain_valid(domain, true))
		return false;
	*ret = (struct listkey){ LISTKEY_EXACT, ascii_domain(m, domain) };
	return address_domain_valid(ret->text, false);
}

static bool take_mailbox(struct maker *m, str address, struct listkey *ret)
{
	struct strbuf text = strbuf_make(m->arena, ADDRESS_LOCAL_MAX + ADDRESS_DOMAIN_MAX + 1);
	struct address mailbox;
	str domain;

	if (address_parse_mailbox(m->arena, address, true, &mailbox) != ADDRESS_OK)
		return false;
	domain = ascii_domain(m, mailbox.domain);
	for (size_t i = 0; i < mailbox.local.n; i++)
		strbuf_char(&text, str_lower_char(mailbox.local.p[i]));
	strbuf_char(&text, '@');
	strbuf_put(&text, domain);
	*ret = (struct listkey){ LISTKEY_ADDRESS, strbuf_str(&text) };
	return address_domain_valid(domain, false);
}

/* An export may name a mailbox twice, but not say two things of it. */
static bool says_the_same(const struct listset *set, const struct listentry *e)
{
	struct listkey_set keys = { .v = { e->key }, .n = 1 };
	struct listset_hit hit;

	return listset_find(set, &keys, 0, &hit) && str_eq(hit.note, e->note);
}

static int add(struct maker *m, str line, str address, const struct listentry *e,
	       enum recipients_found says, struct why *why)
{
	enum listset_added added = listset_add(&m->block.builder, e);

	if (added == LISTSET_FULL)
		return why_set(why, -EFBIG, "%s:%u: too many recipients", m->file, m->line);
	if (added == LISTSET_TWICE)
		return says_the_same(&m->block.builder.set, e)
			       ? 0
			       : refuse(m, line, address, "the same as an earlier line says of it",
					why);
	m->count.mailboxes += e->key.kind == LISTKEY_ADDRESS;
	m->count.domains += e->key.kind == LISTKEY_EXACT;
	m->count.internal += says == RECIPIENTS_INTERNAL;
	m->count.disabled += says == RECIPIENTS_DISABLED;
	return 0;
}

static int take_row(struct maker *m, str line, str row, struct why *why)
{
	struct listentry e = { .until = INT64_MAX };
	enum recipients_found says;
	str address;
	bool ok;

	cut(row, &address, &e.note);
	if (address.n == 0)
		return refuse(m, line, row, "a mailbox, or @ and a domain", why);
	ok = address.p[0] == '@' ? take_domain(m, str_skip(address, 1), &e.key)
				 : take_mailbox(m, address, &e.key);
	if (!ok)
		return refuse(m, line, address,
			      "a mailbox like name@hopital.example, or @ and a domain", why);
	if (!recipients_of_word(e.note, &says))
		return refuse(m, line, e.note, "internal, disabled, or nothing behind the address",
			      why);
	e.text = e.key.text;
	return add(m, line, address, &e, says, why);
}

static int take_line(struct maker *m, str line, struct why *why)
{
	str row = str_trim(line);

	m->line++;
	return row.n == 0 || row.p[0] == '#' ? 0 : take_row(m, line, row, why);
}

static str without_mark(str text)
{
	/* Editors write it in front of UTF-8. */
	return str_starts(text, STR("\xef\xbb\xbf")) ? str_skip(text, 3) : text;
}

/* A table that lost its end, or all of it, would refuse people who are there. */
static int check_whole(struct maker *m, str text, struct why *why)
{
	if (m->count.mailboxes + m->count.domains == 0)
		return why_set(why, -EINVAL, "%s: found no address, expected at least one",
			       m->file);
	if (text.p[text.n - 1] != '\n')
		return why_set(
			why, -EINVAL,
			"%s:%u: the last line has no end, expected a line feed: was the file "
			"cut short?",
			m->file, m->line);
	return 0;
}

static int take_all(struct maker *m, str text, struct why *why)
{
	str rest = without_mark(text), line;
	int r = 0;

	while (r == 0 && rest.n && str_split(&rest, '\n', &line)) {
		r = take_line(m, line, why);
		if (r == 0 && m->line % LINES_A_ROUND == 0)
			arena_reset(m->arena);
	}
	return r < 0 ? r : check_whole(m, text, why);
}

static int write_set(struct maker *m, int fd, str text, struct why *why)
{
	struct why ignored;
	int r = listblock_begin(&m->block, fd, text, why);

	if (r < 0)
		return r;
	r = take_all(m, text, why);
	if (r < 0) {
		defs_ignore(listblock_end(&m->block, 0, &ignored));
		return r;
	}
	return listblock_end(&m->block, 0, why);
}

int recipientfile_compile(const char *path, int fd, struct recipientfile_count *ret,
			  struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("recipients", 1 << 26);
	/* Not waiting: a pipe of that name would stop us for ever. */
	cleanup(fd_closep) int from = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct maker m = { .file = path, .arena = a };
	str text;
	int r;

	if (from < 0)
		return why_set(why, -errno, "%s: %m", path);
	r = fd_map(from, RECIPIENTFILE_MAX, &text, why);
	if (r < 0)
		return why_prefix(why, r, "%s", path);
	r = write_set(&m, fd, text, why);
	fd_unmap(&text);
	*ret = m.count;
	return r;
}

int recipientfile_open(const char *path, struct recipients *ret, struct recipientfile_count *count,
		       struct why *why)
{
	cleanup(fd_closep) int fd = fd_memfd("recipients", why);
	int r = fd < 0 ? fd : recipientfile_compile(path, fd, count, why);

	if (r == 0)
		r = fd_seal(fd, why);
	return r < 0 ? r : recipients_open(fd, ret, why);
}
