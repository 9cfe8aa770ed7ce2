#include "conf/conf_yaml.h"

#include "base/map.h"
#include "base/strbuf.h"

#include <errno.h>
#include <yaml.h>

struct loader {
	struct arena *arena;
	const char *name;
	yaml_parser_t parser;
	struct why *why;
	size_t nodes;
};

static void loader_end(struct loader *l)
{
	yaml_parser_delete(&l->parser);
}

static int fail(struct loader *l, yaml_mark_t at, const char *what)
{
	return why_set(l->why, -EINVAL, "%s:%zu:%zu: %s", l->name, at.line + 1, at.column + 1,
		       what);
}

static int syntax_error(struct loader *l)
{
	const char *problem = l->parser.problem ? l->parser.problem : "unreadable";
	yaml_mark_t at = l->parser.problem_mark;

	if (l->parser.error == YAML_READER_ERROR)
		at = l->parser.mark;
	return fail(l, at, arena_fmt(l->arena, "not YAML: %s", problem).p);
}

static int next_event(struct loader *l, yaml_event_t *ret)
{
	return yaml_parser_parse(&l->parser, ret) ? 0 : syntax_error(l);
}

/* What YAML offers and configuration has no use for. */
static const char *refused_feature(const yaml_event_t *e)
{
	if (e->type == YAML_ALIAS_EVENT)
		return "found an alias (*name), expected the value itself";
	if (e->type == YAML_SCALAR_EVENT) {
		if (e->data.scalar.anchor)
			return "found an anchor (&name), expected a value";
		if (e->data.scalar.tag)
			return "found a tag (!name), expected a value";
	}
	if (e->type == YAML_SEQUENCE_START_EVENT) {
		if (e->data.sequence_start.anchor)
			return "found an anchor (&name), expected a list";
		if (e->data.sequence_start.tag)
			return "found a tag (!name), expected a list";
	}
	if (e->type == YAML_MAPPING_START_EVENT) {
		if (e->data.mapping_start.anchor)
			return "found an anchor (&name), expected a mapping";
		if (e->data.mapping_start.tag)
			return "found a tag (!name), expected a mapping";
	}
	return NULL;
}

static int read_node(struct loader *l, const yaml_event_t *e, unsigned depth,
		     struct conf_yaml **ret);

static struct conf_yaml *new_node(struct loader *l, const yaml_event_t *e)
{
	struct conf_yaml *node = arena_make(l->arena, struct conf_yaml);

	node->line = (uint32_t)e->start_mark.line + 1;
	node->col = (uint32_t)e->start_mark.column + 1;
	if (e->type == YAML_SEQUENCE_START_EVENT)
		node->kind = CONF_YAML_SEQUENCE;
	if (e->type == YAML_MAPPING_START_EVENT)
		node->kind = CONF_YAML_MAPPING;
	if (e->type == YAML_SCALAR_EVENT) {
		node->plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
		node->text =
			arena_str(l->arena, str_of(e->data.scalar.value, e->data.scalar.length));
	}
	return node;
}

static void append(struct conf_yaml *parent, struct conf_yaml **last, struct conf_yaml *node)
{
	if (*last)
		(*last)->next = node;
	else
		parent->child = node;
	*last = node;
	parent->n++;
}

static int read_sequence(struct loader *l, struct conf_yaml *seq, unsigned depth)
{
	struct conf_yaml *last = NULL;

	for (;;) {
		cleanup(yaml_event_delete) yaml_event_t e = { 0 };
		struct conf_yaml *node;
		int r = next_event(l, &e);

		if (r < 0)
			return r;
		if (e.type == YAML_SEQUENCE_END_EVENT)
			return 0;
		r = read_node(l, &e, depth, &node);
		if (r < 0)
			return r;
		append(seq, &last, node);
	}
}

static int check_key(struct loader *l, const yaml_event_t *e, struct map *seen)
{
	const char *refused = refused_feature(e);
	str key;

	if (refused)
		return fail(l, e->start_mark, refused);
	if (e->type != YAML_SCALAR_EVENT)
		return fail(l, e->start_mark, "found a structure as a key, expected a name");
	key = arena_str(l->arena, str_of(e->data.scalar.value, e->data.scalar.length));
	if (map_set(seen, key, l)) {
		struct strbuf b = strbuf_make(l->arena, WHY_MAX);

		strbuf_put(&b, STR("found the key \""));
		strbuf_printable(&b, str_sub(key, 0, 80));
		strbuf_put(&b, STR("\" a second time, expected it once"));
		strbuf_char(&b, '\0');
		return fail(l, e->start_mark, b.p);
	}
	return 0;
}

static int read_entry(struct loader *l, const yaml_event_t *key, unsigned depth,
		      struct conf_yaml **ret)
{
	cleanup(yaml_event_delete) yaml_event_t e = { 0 };
	int r = next_event(l, &e);

	if (r < 0)
		return r;
	r = read_node(l, &e, depth, ret);
	if (r < 0)
		return r;
	(*ret)->key = arena_str(l->arena, str_of(key->data.scalar.value, key->data.scalar.length));
	(*ret)->key_line = (uint32_t)key->start_mark.line + 1;
	(*ret)->key_col = (uint32_t)key->start_mark.column + 1;
	return 0;
}

static int read_mapping(struct loader *l, struct conf_yaml *map, unsigned depth)
{
	struct map seen = map_make(l->arena);
	struct conf_yaml *last = NULL;

	for (;;) {
		cleanup(yaml_event_delete) yaml_event_t key = { 0 };
		struct conf_yaml *node;
		int r = next_event(l, &key);

		if (r < 0)
			return r;
		if (key.type == YAML_MAPPING_END_EVENT)
			return 0;
		r = check_key(l, &key, &seen);
		if (r < 0)
			return r;
		r = read_entry(l, &key, depth, &node);
		if (r < 0)
			return r;
		append(map, &last, node);
	}
}

static int read_node(struct loader *l, const yaml_event_t *e, unsigned depth,
		     struct conf_yaml **ret)
{
	const char *refused = refused_feature(e);
	int r = 0;

	if (refused)
		return fail(l, e->start_mark, refused);
	if (depth >= CONF_YAML_MAX_DEPTH)
		return fail(l, e->start_mark, "nested too deeply");
	if (++l->nodes > CONF_YAML_MAX_NODES)
		return fail(l, e->start_mark, "too many values in one file");
	*ret = new_node(l, e);
	if ((*ret)->kind == CONF_YAML_SEQUENCE)
		r = read_sequence(l, *ret, depth + 1);
	else if ((*ret)->kind == CONF_YAML_MAPPING)
		r = read_mapping(l, *ret, depth + 1);
	return r;
}

/* Between documents: directives (%TAG, %YAML) and a second document are refused. */
static int read_stream(struct loader *l, struct conf_yaml **ret)
{
	bool have = false;

	for (;;) {
		cleanup(yaml_event_delete) yaml_event_t e = { 0 };
		int r = next_event(l, &e);

		if (r < 0)
			return r;
		if (e.type == YAML_STREAM_END_EVENT)
			return 0;
		if (e.type == YAML_STREAM_START_EVENT || e.type == YAML_DOCUMENT_END_EVENT)
			continue;
		if (e.type == YAML_DOCUMENT_START_EVENT) {
			if (have)
				return fail(l, e.start_mark,
					    "found a second document, expected one");
			have = true;
			continue;
		}
		r = read_node(l, &e, 0, ret);
		if (r < 0)
			return r;
	}
}

int conf_yaml_parse(struct arena *a, const char *name, str text, struct conf_yaml **ret,
		    struct why *why)
{
	struct conf_yaml *root = arena_make(a, struct conf_yaml);
	cleanup(loader_end) struct loader l = { .arena = a, .name = name, .why = why };
	int r;

	root->kind = CONF_YAML_MAPPING;
	root->line = root->col = 1;
	bug_if(!yaml_parser_initialize(&l.parser));
	yaml_parser_set_input_string(&l.parser, (const unsigned char *)(text.n ? text.p : ""),
				     text.n);
	r = read_stream(&l, &root);
	if (r < 0)
		return r;
	*ret = root;
	return 0;
}

const struct conf_yaml *conf_yaml_get(const struct conf_yaml *map, str key)
{
	for (const struct conf_yaml *e = map->child; e; e = e->next) {
		if (map->kind == CONF_YAML_MAPPING && str_eq(e->key, key))
			return e;
	}
	return NULL;
}

bool conf_yaml_is_nothing(const struct conf_yaml *node)
{
	return node->kind == CONF_YAML_SCALAR && node->plain && node->text.n == 0;
}

const char *conf_yaml_kind_name(const struct conf_yaml *node)
{
	if (conf_yaml_is_nothing(node))
		return "nothing";
	if (node->kind == CONF_YAML_SEQUENCE)
		return "a list";
	return node->kind == CONF_YAML_MAPPING ? "a section" : "a single value";
}
