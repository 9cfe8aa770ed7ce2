#include "lists/lists.h"

#include "base/fd.h"
#include "base/map.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const str suffix_text = { ".txt", 4 }, suffix_set = { ".set", 4 };

const struct lists_list *lists_find(const struct lists *l, str name)
{
	for (size_t i = 0; i < l->list.n; i++) {
		if (str_eq(l->list.v[i]->name, name))
			return l->list.v[i];
	}
	return NULL;
}

/* The list of a file, by the name of its text form. */
static struct lists_list *list_of_file(struct lists *l, struct arena *a, const char *path)
{
	size_t slash = str_rchr(str_c(path), '/');
	str name = str_c(slash == STR_NONE ? path : path + slash + 1);
	struct lists_list *list;

	if (str_ends(name, suffix_set))
		name = arena_fmt(a, "%.*s.txt", (int)(name.n - suffix_set.n), name.p);
	for (size_t i = 0; i < l->list.n; i++) {
		if (str_eq(l->list.v[i]->name, name))
			return l->list.v[i];
	}
	list = arena_make(a, struct lists_list);
	list->name = arena_str(a, name);
	*arena_push(a, &l->list) = list;
	return list;
}

static int refuse_entry(struct arena *a, const char *file, struct listtext *t,
			const struct listentry *e, enum listset_added added, struct why *why)
{
	struct listtext_bad bad = { t->line, 1, e->text,
				    added == LISTSET_TWICE ? "every entry once"
							   : "fewer patterns or entries" };

	return listtext_refuse(a, file, &bad, why);
}

static int build(struct arena *a, const char *name, str text, struct listbuilder *b,
		 struct why *why)
{
	struct listtext t = listtext_make(text);
	enum listtext_step step;
	struct listtext_bad bad;
	struct listentry e;

	while ((step = listtext_next(&t, a, &e, &bad)) == LISTTEXT_ENTRY) {
		enum listset_added added = listset_add(b, &e);

		if (added != LISTSET_ADDED)
			return refuse_entry(a, name, &t, &e, added, why);
	}
	return step == LISTTEXT_BAD ? listtext_refuse(a, name, &bad, why) : 0;
}

/* In memory of its own: many long lists do not spend the budget of the arena. */
static int keep(struct lists *l, struct arena *a, str block, str *ret, struct why *why)
{
	void *p = mmap(NULL, block.n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return why_set(why, -errno, "mmap: %m");
	memcpy(p, block.p, block.n);
	*ret = str_of(p, block.n);
	*arena_push(a, &l->maps) = *ret;
	return 0;
}

int lists_load_text(struct lists *l, struct arena *a, const char *name, str text, struct why *why)
{
	struct lists_list *list = list_of_file(l, a, name);
	size_t lines = listtext_lines(text), room = listset_room(lines, text.n);
	cleanup(arena_freep) struct arena *scratch = arena_new("list", 1 << 30);
	struct listbuilder b = listset_begin(arena_alloc(scratch, room), room, lines,
					     map_hash(STR("seed of lists"), false));
	struct listset set;
	int r = build(scratch, name, text, &b, why);
	str block;

	if (r < 0)
		return r;
	r = keep(l, a, listset_end(&b, 0), &block, why);
	if (r < 0)
		return why_prefix(why, r, "%s", name);
	bug_if(!listset_open(block, &set));
	*arena_push(a, &list->sets) = set;
	return 0;
}

/* Only the pages that are looked at are read: of what is not listed, those of the slots. */
static int map_file(const char *path, str *ret, struct why *why)
{
	cleanup(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) < 0)
		return why_set(why, -errno, "%s: %m", path);
	if (st.st_size == 0)
		return why_set(why, -EINVAL, "%s: empty, which no compiled list is", path);
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return why_set(why, -errno, "%s: mmap: %m", path);
	(void)madvise(p, (size_t)st.st_size, MADV_RANDOM); /* only faster */
	*ret = str_of(p, (size_t)st.st_size);
	return 0;
}

static int load_map(struct lists *l, struct arena *a, const char *path, struct why *why)
{
	struct listset set;
	str map;
	int r = map_file(path, &map, why);

	if (r < 0)
		return r;
	if (!listset_open(map, &set)) {
		fd_unmap(&map);
		return why_set(why, -EINVAL,
			       "%s: no compiled list, or a damaged one; see poterne "
			       "lists compile",
			       path);
	}
	*arena_push(a, &l->maps) = map;
	*arena_push(a, &list_of_file(l, a, path)->sets) = set;
	return 0;
}

static bool copy_file(const char *path, str *ret, struct why *why)
{
	cleanup(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	size_t n = 0;
	ssize_t got = 1;
	char *p;

	if (fd < 0 || fstat(fd, &st) < 0) {
		why_set(why, -errno, "%s: %m", path);
		return false;
	}
	if (!S_ISREG(st.st_mode) || st.st_size == 0 || st.st_size > LISTS_FEED_MAX) {
		why_set(why, -EINVAL, "%s: no compiled list, or too long", path);
		return false;
	}
	p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		 0);
	bug_if(p == MAP_FAILED);
	while (n < (size_t)st.st_size && (got = read(fd, p + n, (size_t)st.st_size - n)) > 0)
		n += (size_t)got;
	*ret = str_of(p, (size_t)st.st_size);
	return true;
}

bool lists_load_feed(struct lists *l, struct arena *a, const char *path, struct why *why)
{
	struct listset set;
	str block;

	if (!copy_file(path, &block, why))
		return false;
	if (!listset_open(block, &set)) {
		fd_unmap(&block);
		why_set(why, -EINVAL, "%s: no compiled list, or a damaged one", path);
		return false;
	}
	*arena_push(a, &l->maps) = block;
	*arena_push(a, &list_of_file(l, a, path)->sets) = set;
	return true;
}

static int load_one(struct lists *l, struct arena *a, const char *path, struct why *why)
{
	cleanup(arena_freep) struct arena *scratch = NULL;
	str text;
	int r;

	if (str_ends(str_c(path), suffix_set))
		return load_map(l, a, path, why);
	scratch = arena_new("list", 2 * LISTS_TEXT_MAX + (1 << 20));
	r = fd_read_path(path, scratch, LISTS_TEXT_MAX, &text, why);
	if (r == -EFBIG)
		return why_prefix(why, r, "too long for a text list; see poterne lists compile");
	return r < 0 ? r : lists_load_text(l, a, path, text, why);
}

static int is_list(const struct dirent *d)
{
	str name = str_c(d->d_name);

	return name.p[0] != '.' && (str_ends(name, suffix_text) || str_ends(name, suffix_set));
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int lists_load_dir(struct lists *l, struct arena *a, const char *dir, struct why *why)
{
	struct dirent **names;
	int n = scandir(dir, &names, is_list, by_bytes), r = 0;

	if (n < 0)
		return why_set(why, -errno, "%s: %m", dir);
	if (n > LISTS_MAX)
		r = why_set(why, -EFBIG, "%s: more than %d lists", dir, LISTS_MAX);
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = load_one(l, a, arena_fmt(a, "%s/%s", dir, names[i]->d_name).p, why);
		free(names[i]);
	}
	free(names);
	return r;
}

void lists_close(struct lists *l)
{
	for (size_t i = 0; i < l->maps.n; i++)
		fd_unmap(&l->maps.v[i]);
	l->maps.n = 0;
}

bool lists_has(const struct lists_list *list, const struct listkey_set *keys, int64_t now,
	       struct listset_hit *ret)
{
	for (size_t i = 0; i < list->sets.n; i++) {
		if (listset_find(&list->sets.v[i], keys, now, ret))
			return true;
	}
	return false;
}

bool lists_has_word(const struct lists_list *list, struct arena *a, str word, int64_t now)
{
	struct listkey_set keys;
	struct listset_hit hit;

	if (word.n > LISTKEY_MAX)
		return false;
	listkey_word(a, word, &keys);
	return lists_has(list, &keys, now, &hit);
}
