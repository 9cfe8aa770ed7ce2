#include "rules/rules_loader.h"

#include "base/clock.h"
#include "base/fd.h"

#include <dirent.h>
#include <errno.h>

struct entry {
	int64_t until; /* first second it is no longer there */
};

bool rules_list_date(str s, int64_t *ret)
{
	char text[] = "YYYY-MM-DDT00:00:00Z";

	if (s.n != 10)
		return false;
	memcpy(text, s.p, 10);
	return clock_parse_rfc3339(str_c(text), ret);
}

static str without_comment(str line)
{
	size_t hash = str_chr(line, '#');

	return str_trim(hash == STR_NONE ? line : str_sub(line, 0, hash));
}

static bool is_text(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	}
	return s.n <= 1024;
}

static int read_line(struct rules_loader *l, struct rules_list *list, str line, uint32_t number)
{
	str entry = without_comment(line);
	size_t at = str_find(entry, STR(" until="));
	struct entry *e = arena_make(l->arena, struct entry);

	if (entry.n == 0)
		return 0;
	e->until = INT64_MAX;
	if (at != STR_NONE) {
		str date = str_skip(entry, at + 7);

		entry = str_trim(str_sub(entry, 0, at));
		if (!rules_list_date(date, &e->until))
			return rules_loader_fail(l, number, (uint32_t)(date.p - line.p) + 1, date,
						 "a date, YYYY-MM-DD", STR_NULL);
	}
	if (entry.n == 0 || !is_text(entry))
		return rules_loader_fail(l, number, 1, entry, "one entry of text", STR_NULL);
	if (map_set(&list->entries, arena_str(l->arena, entry), e))
		return rules_loader_fail(l, number, (uint32_t)(entry.p - line.p) + 1, entry,
					 "every entry once", STR_NULL);
	return 0;
}

int rules_list_load_text(struct rules_loader *l, const char *name, str text)
{
	struct rules_list *list = arena_make(l->arena, struct rules_list);
	size_t slash = str_rchr(str_c(name), '/');
	uint32_t number = 0;
	str line;

	list->name = str_c(slash == STR_NONE ? name : name + slash + 1);
	list->entries = map_make_caseless(l->arena);
	l->file = name;
	while (str_split(&text, '\n', &line)) {
		int r = read_line(l, list, line, ++number);

		if (r < 0)
			return r;
	}
	*arena_push(l->arena, &l->rules->lists) = list;
	return 0;
}

static int is_list(const struct dirent *d)
{
	return d->d_name[0] != '.' && str_ends(str_c(d->d_name), STR(".txt"));
}

static int load_one(struct rules_loader *l, const char *path)
{
	str text;
	int r = fd_read_path(path, l->arena, RULES_FILE_MAX, &text, l->why);

	return r < 0 ? r : rules_list_load_text(l, path, text);
}

int rules_list_load_dir(struct rules_loader *l, const char *dir)
{
	struct dirent **names;
	int n, r = 0;

	if (!dir)
		return 0;
	n = scandir(dir, &names, is_list, NULL);
	if (n < 0)
		return why_set(l->why, -errno, "%s: %m", dir);
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = load_one(l, arena_fmt(l->arena, "%s/%s", dir, names[i]->d_name).p);
		free(names[i]);
	}
	free(names);
	return r;
}

bool rules_list_has(const struct rules_list *list, str entry, int64_t now)
{
	const struct entry *e = map_get(&list->entries, entry);

	return e && now < e->until;
}
