#include "document/xmlscan.h"

#include "base/map.h"
#include "document/script.h"

enum { NAME_MAX_BYTES = 100 };

/* An entity and how many bytes it stands for; 0: not counted yet. */
struct entity {
	str name, value;
	uint64_t size;
	int level; /* of entities inside entities */
	bool open; /* it is being counted: a reference to it is a circle */
};

struct scan {
	struct arena *arena;
	str in;
	size_t at;
	struct map entities;
	struct xmlscan *ret;
	size_t n;
};

static void skip_blanks(struct scan *s)
{
	while (s->at < s->in.n && str_is_space(s->in.p[s->at]))
		s->at++;
}

static str word(struct scan *s)
{
	size_t from = s->at;

	while (s->at < s->in.n && !str_is_space(s->in.p[s->at]) &&
	       !strchr("<>[]\"'", s->in.p[s->at]))
		s->at++;
	return str_sub(s->in, from, s->at);
}

static str quoted(struct scan *s)
{
	char quote;
	str rest;
	size_t end;

	skip_blanks(s);
	if (s->at >= s->in.n || (s->in.p[s->at] != '"' && s->in.p[s->at] != '\''))
		return STR("");
	quote = s->in.p[s->at++];
	rest = str_skip(s->in, s->at);
	end = str_chr(rest, quote);
	rest = str_sub(rest, 0, end);
	s->at += rest.n + 1;
	return rest;
}

/* SYSTEM "where" or PUBLIC "what" "where". */
static str external_id(struct scan *s)
{
	size_t before = s->at;
	str kind = word(s);

	if (str_caseeq(kind, STR("PUBLIC"))) {
		str what = quoted(s), where = quoted(s);

		return where.n ? where : what;
	}
	if (str_caseeq(kind, STR("SYSTEM")))
		return quoted(s);
	s->at = before;
	return STR("");
}

static void declare(struct scan *s, str name, str value)
{
	struct entity *e;

	if (++s->n > XMLSCAN_ENTITIES) {
		s->ret->bomb = true;
		return;
	}
	if (map_get(&s->entities, name))
		return; /* the first declaration counts */
	e = arena_make(s->arena, struct entity);
	e->name = name;
	e->value = value;
	(void)map_set(&s->entities, name, e);
}

/* "<!ENTITY name "value">", "<!ENTITY % name SYSTEM "where">" behind its first word. */
static void entity(struct scan *s)
{
	str name, where;

	skip_blanks(s);
	name = word(s);
	if (str_eq(name, STR("%"))) {
		skip_blanks(s);
		name = word(s);
	}
	skip_blanks(s);
	where = external_id(s);
	if (where.n) {
		if (!s->ret->external.n)
			s->ret->external = where;
		return;
	}
	declare(s, name, quoted(s));
}

/* "&name;" or "%name;" at the start of s; *ret_used: how many more bytes than one. */
static struct entity *referred(struct scan *s, str text, size_t *ret_used)
{
	size_t end;
	struct entity *e;

	if (text.p[0] != '&' && text.p[0] != '%')
		return NULL;
	end = str_chr(str_sub(text, 1, NAME_MAX_BYTES), ';');
	e = end == STR_NONE ? NULL : map_get(&s->entities, str_sub(text, 1, end + 1));
	*ret_used = e ? end + 1 : 0;
	return e;
}

/* Sizes from the inside out; each entity is counted once. */
static uint64_t size_of(struct scan *s, struct entity *e, int depth)
{
	uint64_t size = 0;

	if (e->size)
		return e->size;
	if (e->open || depth > XMLSCAN_ENTITIES) {
		s->ret->bomb = true;
		return 0;
	}
	e->open = true;
	for (size_t i = 0; i < e->value.n && size <= XMLSCAN_BOMB; i++) {
		size_t used = 0;
		struct entity *other = referred(s, str_skip(e->value, i), &used);

		size += other ? size_of(s, other, depth + 1) : 1;
		if (other && e->level <= other->level)
			e->level = other->level + 1;
		i += used;
	}
	e->open = false;
	e->size = size + 1;
	if (size > XMLSCAN_BOMB || (e->level >= XMLSCAN_LEVELS && size > XMLSCAN_GROWTH * s->in.n))
		s->ret->bomb = true;
	return e->size;
}

static void count(struct scan *s)
{
	const struct map_slot *slot;
	size_t at = 0;

	while ((slot = map_next(&s->entities, &at)))
		(void)size_of(s, slot->value, 0);
}

/* Where the document type is declared: in front of the root element, behind comments and
 * instructions (2.8). */
static size_t doctype(str in)
{
	for (size_t at = 0; at < in.n;) {
		size_t open = str_chr(str_skip(in, at), '<'), end;
		str rest = str_skip(in, open == STR_NONE ? in.n : at + open);

		if (str_casestarts(rest, STR("<!DOCTYPE")))
			return (size_t)(rest.p - in.p);
		if (str_starts(rest, STR("<!--")))
			end = str_find(str_skip(rest, 4), STR("-->"));
		else if (rest.n > 1 && (rest.p[1] == '?' || rest.p[1] == '!'))
			end = str_chr(rest, '>');
		else
			return STR_NONE;
		if (end == STR_NONE)
			return STR_NONE;
		at = (size_t)(rest.p - in.p) + end + 1;
	}
	return STR_NONE;
}

void xmlscan_read(struct arena *a, str bytes, struct xmlscan *ret)
{
	struct scan s = { .arena = a, .ret = ret };
	size_t at;

	*ret = (struct xmlscan){ STR(""), STR(""), false };
	s.in = script_is_wide(bytes) ? script_text(a, bytes) : bytes;
	at = doctype(s.in);
	if (at == STR_NONE)
		return;
	s.entities = map_make(a);
	s.at = at + 9;
	skip_blanks(&s);
	(void)word(&s);
	skip_blanks(&s);
	ret->subset = external_id(&s);
	while (s.at < s.in.n) {
		size_t hit = str_casefind(str_skip(s.in, s.at), STR("<!ENTITY"));

		if (hit == STR_NONE)
			break;
		s.at += hit + 8;
		entity(&s);
	}
	count(&s);
}
