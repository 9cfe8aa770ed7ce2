#include "conf/conf.h"

#include "base/fd.h"
#include "conf/conf_schema.h"
#include "conf/conf_value.h"
#include "conf/conf_yaml.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>

struct load {
	struct conf *c;
	const char *name;
	struct why *why;
};

static int load_section(struct load *l, str section, const struct conf_yaml *map);

static int fail(struct load *l, uint32_t line, uint32_t col, const struct strbuf *text)
{
	return why_set(l->why, -EINVAL, "%s:%u:%u: %.*s", l->name, line, col,
		       STR_ARG(strbuf_str(text)));
}

static int unknown_key(struct load *l, str section, str path, const struct conf_yaml *e)
{
	struct strbuf b = strbuf_make(l->c->arena, WHY_MAX);
	str near = conf_schema_nearest(path);

	strbuf_put(&b, STR("found \""));
	strbuf_printable(&b, str_sub(path, 0, 120));
	strbuf_put(&b, STR("\", expected a key"));
	if (section.n)
		strbuf_fmt(&b, " of \"%.*s\"", STR_ARG(section));
	if (near.p)
		strbuf_fmt(&b, "; did you mean \"%.*s\"?", STR_ARG(near));
	return fail(l, e->key_line, e->key_col, &b);
}

/* One way to write each key, so that a second value cannot hide. */
static int dotted_key(struct load *l, const struct conf_yaml *e)
{
	struct strbuf b = strbuf_make(l->c->arena, WHY_MAX);

	strbuf_put(&b, STR("found \""));
	strbuf_printable(&b, str_sub(e->key, 0, 120));
	strbuf_put(&b, STR("\", expected a section and its keys indented below it"));
	return fail(l, e->key_line, e->key_col, &b);
}

static int wrong_kind(struct load *l, const struct conf_yaml *e, str path, const char *expected)
{
	struct strbuf b = strbuf_make(l->c->arena, WHY_MAX);

	strbuf_fmt(&b, "found %s for %.*s, expected %s", conf_yaml_kind_name(e), STR_ARG(path),
		   expected);
	return fail(l, e->line, e->col, &b);
}

static int bad_value(struct load *l, const struct conf_key *key, const struct conf_yaml *e)
{
	struct strbuf b = strbuf_make(l->c->arena, WHY_MAX);

	strbuf_put(&b, STR("found \""));
	strbuf_printable(&b, str_sub(e->text, 0, 80));
	strbuf_fmt(&b, "\" for %s, expected ", key->path);
	conf_value_expected(key, &b);
	return fail(l, e->line, e->col, &b);
}

static int load_list(struct load *l, const struct conf_key *key, const struct conf_yaml *seq)
{
	const struct conf_yaml *e = seq->child;
	ARENA_VEC(str) texts = { 0 };
	size_t bad;

	if (seq->kind != CONF_YAML_SEQUENCE)
		return wrong_kind(l, seq, str_c(key->path), "a list, [a, b]");
	for (; e; e = e->next) {
		if (e->kind != CONF_YAML_SCALAR)
			return wrong_kind(l, e, str_c(key->path), "a single value in the list");
		*arena_push(l->c->arena, &texts) = e->text;
	}
	if (conf_value_parse_array(l->c->arena, key, texts.v, texts.n, (char *)l->c + key->offset,
				   &bad))
		return 0;
	if (!texts.n)
		return wrong_kind(l, seq, str_c(key->path), "at least one element");
	e = seq->child;
	while (bad--)
		e = e->next;
	return bad_value(l, key, e);
}

static int load_value(struct load *l, const struct conf_key *key, const struct conf_yaml *e)
{
	struct strbuf expected = strbuf_make(l->c->arena, WHY_MAX);

	if (key->list)
		return load_list(l, key, e);
	if (e->kind != CONF_YAML_SCALAR || conf_yaml_is_nothing(e)) {
		conf_value_expected(key, &expected);
		strbuf_char(&expected, '\0');
		return wrong_kind(l, e, str_c(key->path), expected.p);
	}
	if (!conf_value_parse(l->c->arena, key, e->text, (char *)l->c + key->offset))
		return bad_value(l, key, e);
	return 0;
}

static int load_entry(struct load *l, str section, const struct conf_yaml *e)
{
	str path = section.n
			   ? arena_fmt(l->c->arena, "%.*s.%.*s", STR_ARG(section), STR_ARG(e->key))
			   : e->key;
	const struct conf_key *key = conf_schema_find(path);

	if (str_chr(e->key, '.') != STR_NONE)
		return dotted_key(l, e);
	if (key)
		return load_value(l, key, e);
	if (!conf_schema_is_section(path))
		return unknown_key(l, section, path, e);
	if (conf_yaml_is_nothing(e)) /* every key below is commented out */
		return 0;
	return load_section(l, path, e);
}

static int load_section(struct load *l, str section, const struct conf_yaml *map)
{
	if (map->kind != CONF_YAML_MAPPING)
		return wrong_kind(l, map, section.n ? section : STR("the file"),
				  "keys with values");
	for (const struct conf_yaml *e = map->child; e; e = e->next) {
		int r = load_entry(l, section, e);

		if (r < 0)
			return r;
	}
	return 0;
}

int conf_load_text(struct conf *c, const char *name, str text, struct why *why)
{
	struct load l = { c, name, why };
	struct conf_yaml *root;
	int r = conf_yaml_parse(c->arena, name, text, &root, why);

	if (r < 0)
		return r;
	return load_section(&l, STR_NULL, root);
}

static int load_one(struct conf *c, const char *path, struct why *why)
{
	str text;
	int r = fd_read_path(path, c->arena, CONF_FILE_MAX, &text, why);

	return r < 0 ? r : conf_load_text(c, path, text, why);
}

static int is_yaml(const struct dirent *d)
{
	return d->d_name[0] != '.' && str_ends(str_c(d->d_name), STR(".yaml"));
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int load_directory(struct conf *c, const char *dir, struct why *why)
{
	struct dirent **names;
	int n = scandir(dir, &names, is_yaml, by_bytes);
	int r = 0;

	if (n < 0)
		return errno == ENOENT ? 0 : why_set(why, -errno, "%s: %m", dir);
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = load_one(c, arena_fmt(c->arena, "%s/%s", dir, names[i]->d_name).p, why);
		free(names[i]);
	}
	free(names);
	return r;
}

int conf_load_file(struct conf *c, const char *path, struct why *why)
{
	char *copy = arena_cz(c->arena, str_c(path));
	int r = load_one(c, path, why);

	if (r < 0)
		return r;
	return load_directory(c, arena_fmt(c->arena, "%s/conf.d", dirname(copy)).p, why);
}
