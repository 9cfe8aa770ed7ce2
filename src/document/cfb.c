#include "document/cfb.h"

#include "base/reader.h"
#include "base/strbuf.h"
#include "base/utf8.h"

enum {
	HEADER_SIZE = 512,
	HEADER_DIFAT = 109, /* sectors of the allocation table that the header names */
	ENTRY_SIZE = 128,
	NAME_BYTES = 64,
	MINI_SHIFT = 6,
	MINI_CUTOFF = 4096, /* shorter streams live in the mini stream */
	LAST_SECTOR = 0xfffffffa,
	END_OF_CHAIN = 0xfffffffe,
	NO_ENTRY = 0xffffffff
};

static const uint64_t to_the_end = UINT64_MAX; /* the size of a chain that nothing states */

static uint32_t u32_at(str s, size_t at)
{
	struct reader r = reader_make(s);

	reader_seek(&r, at);
	return reader_u32le(&r);
}

static str sector(const struct cfb *c, uint32_t number)
{
	size_t at = ((size_t)number + 1) << c->shift;

	return str_sub(c->in, at, at + ((size_t)1 << c->shift));
}

/* The chain from start as bytes: a slice of the container while the sectors follow each
 * other, else a copy. Never more steps than the table has entries. */
static str chain(struct cfb *c, const struct cfb_table *t, str container, size_t before,
		 uint32_t shift, uint32_t start, uint64_t size)
{
	size_t unit = (size_t)1 << shift, first = ((size_t)start << shift) + before;
	struct strbuf out = strbuf_make(c->arena, c->left < size ? c->left : size);
	uint32_t at = start;
	size_t run = 0;
	bool copied = false;

	c->broken |= c->left < size && size != to_the_end; /* the same sectors again and again */
	for (size_t steps = 0; (copied ? out.n : run) < out.max; steps++) {
		size_t offset = ((size_t)at << shift) + before;

		if (at == END_OF_CHAIN && size == to_the_end)
			break;
		if (at >= t->n || steps >= t->n || offset >= container.n) {
			c->broken = true;
			break;
		}
		if (!copied && offset != first + run) {
			copied = true;
			strbuf_put(&out, str_sub(container, first, first + run));
		}
		if (copied)
			strbuf_put(&out, str_sub(container, offset,
						 offset + (out.max - out.n < unit ? out.max - out.n
										  : unit)));
		else
			run += unit;
		at = t->next[at];
	}
	c->left -= copied ? out.n : (run < out.max ? run : out.max);
	return copied ? strbuf_str(&out)
		      : str_sub(container, first, first + (run < out.max ? run : out.max));
}

static str regular_chain(struct cfb *c, uint32_t start, uint64_t size)
{
	return chain(c, &c->fat, c->in, (size_t)1 << c->shift, c->shift, start, size);
}

static struct cfb_table table_of(struct arena *a, str bytes)
{
	struct cfb_table t = { arena_array(a, uint32_t, bytes.n / 4 + 1), bytes.n / 4 };
	struct reader r = reader_make(bytes);

	for (size_t i = 0; i < t.n; i++)
		t.next[i] = reader_u32le(&r);
	return t;
}

/* The allocation table's own sectors are named by the header, then by a chain of sectors. */
static void read_fat(struct cfb *c)
{
	size_t sectors = c->in.n >> c->shift, per = ((size_t)1 << c->shift) / 4;
	struct strbuf fat = strbuf_make(c->arena, c->in.n + 4);
	str list = str_sub(c->in, 76, HEADER_SIZE);
	uint32_t next = u32_at(c->in, 68);
	size_t named = HEADER_DIFAT;

	for (size_t i = 0; i <= sectors; i++) {
		for (size_t k = 0; k < named && fat.n < fat.max; k++) {
			uint32_t number = u32_at(list, 4 * k);

			if (number < LAST_SECTOR && 4 * k + 4 <= list.n)
				strbuf_put(&fat, sector(c, number));
		}
		if (next >= LAST_SECTOR || next >= sectors)
			break;
		list = sector(c, next);
		named = per - 1;
		next = u32_at(list, 4 * named);
	}
	c->fat = table_of(c->arena, strbuf_str(&fat));
}

static str name_of(struct arena *a, str utf16, size_t n)
{
	struct strbuf b = strbuf_make(a, 4 * NAME_BYTES);
	struct reader r = reader_make(str_sub(utf16, 0, n > NAME_BYTES ? NAME_BYTES : n));

	while (reader_left(&r) >= 2) {
		uint32_t unit = reader_u16le(&r);

		if (unit == 0)
			break;
		if (unit >= 0xd800 && unit < 0xdc00 && reader_left(&r) >= 2)
			unit = 0x10000 + ((unit - 0xd800) << 10) +
			       ((reader_u16le(&r) - 0xdc00u) & 0x3ff);
		strbuf_utf8(&b, unit);
	}
	return strbuf_str(&b);
}

struct links {
	uint32_t left, right, child;
};

static void read_entries(struct cfb *c, str directory, struct links *links)
{
	for (size_t i = 0; i < directory.n / ENTRY_SIZE && i < CFB_ENTRIES_MAX; i++) {
		str raw = str_sub(directory, i * ENTRY_SIZE, (i + 1) * ENTRY_SIZE);
		struct reader r = reader_make(raw);
		struct cfb_entry *e = arena_push(c->arena, &c->entries);
		size_t name_bytes;

		reader_seek(&r, NAME_BYTES);
		name_bytes = reader_u16le(&r);
		e->name = name_of(c->arena, raw, name_bytes);
		e->kind = reader_u8(&r);
		reader_skip(&r, 1);
		links[i] = (struct links){ reader_u32le(&r), reader_u32le(&r), reader_u32le(&r) };
		e->class_id = reader_bytes(&r, 16);
		e->start = u32_at(raw, 116);
		e->size = u32_at(raw, 120);
		if (c->shift > 9)
			e->size |= (uint64_t)u32_at(raw, 124) << 32;
		e->parent = CFB_NO_PARENT;
	}
}

/* Names the storage of each entry that the tree reaches. Each entry is visited once. */
static void find_parents(struct cfb *c, const struct links *links)
{
	uint32_t *stack = arena_array(c->arena, uint32_t, c->entries.n * 3 + 1);
	bool *seen = arena_array(c->arena, bool, c->entries.n + 1);
	size_t n = 0;

	for (stack[n++] = 0; n;) {
		uint32_t at = stack[--n];
		uint32_t to[3] = { links[at].left, links[at].right, links[at].child };

		for (int k = 0; k < 3; k++) {
			if (to[k] == NO_ENTRY)
				continue;
			if (to[k] >= c->entries.n || to[k] == 0 || seen[to[k]]) {
				c->broken |= c->entries.v[at].kind != 0;
				continue;
			}
			seen[to[k]] = true;
			c->entries.v[to[k]].parent = k == 2 ? (int32_t)at : c->entries.v[at].parent;
			stack[n++] = to[k];
		}
	}
}

/* The same names in the same storage: the first counts. */
static str key_of(const struct cfb *c, int32_t parent, str name)
{
	return arena_fmt(c->arena, "%d/%.*s", parent, STR_ARG(name));
}

static void index_names(struct cfb *c)
{
	c->names = map_make_caseless(c->arena);
	for (size_t i = 0; i < c->entries.n; i++) {
		struct cfb_entry *e = &c->entries.v[i];
		str key = key_of(c, e->parent, e->name);

		if (!map_get(&c->names, key))
			(void)map_set(&c->names, key, e);
	}
}

static void read_directory(struct cfb *c)
{
	str directory = regular_chain(c, u32_at(c->in, 48), to_the_end);
	struct links *links = arena_array(c->arena, struct links, directory.n / ENTRY_SIZE + 1);

	read_entries(c, directory, links);
	if (c->entries.n)
		find_parents(c, links);
	index_names(c);
}

bool cfb_open(struct arena *a, str in, struct cfb *ret)
{
	uint32_t shift;

	*ret = (struct cfb){ .arena = a, .in = in, .left = (uint64_t)in.n * CFB_READ_FACTOR };
	if (in.n < HEADER_SIZE || !str_starts(in, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")))
		return false;
	shift = (unsigned char)in.p[30];
	ret->shift = shift == 12 ? 12 : 9;
	read_fat(ret);
	read_directory(ret);
	if (ret->entries.n == 0 || ret->entries.v[0].kind != CFB_ROOT) {
		ret->broken = true;
		return ret->entries.n != 0;
	}
	ret->minifat = table_of(
		a, regular_chain(ret, u32_at(in, 60), (uint64_t)u32_at(in, 64) << ret->shift));
	ret->mini = regular_chain(ret, ret->entries.v[0].start, ret->entries.v[0].size);
	return true;
}

str cfb_read(struct cfb *c, const struct cfb_entry *e)
{
	if (e->kind != CFB_STREAM || e->size == 0)
		return STR("");
	if (e->size < MINI_CUTOFF)
		return chain(c, &c->minifat, c->mini, 0, MINI_SHIFT, e->start, e->size);
	return regular_chain(c, e->start, e->size);
}

const struct cfb_entry *cfb_find(const struct cfb *c, int32_t parent, str name)
{
	return map_get(&c->names, key_of(c, parent, name));
}

str cfb_read_named(struct cfb *c, str name)
{
	const struct cfb_entry *e = cfb_find(c, 0, name);

	return e ? cfb_read(c, e) : STR("");
}
