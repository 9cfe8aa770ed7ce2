/* Compound files (MS-CFB) with everything in its plainest place: header, FAT, directory, mini
 * FAT, mini stream, big streams; and a VBA project (MS-OVBA) of literal tokens only.
 */
#include "battery/fixture.h"

enum {
	SECTOR = 512,
	MINI = 64,
	CUTOFF = 4096,
	ENTRIES_MAX = 64,
	END_OF_CHAIN = -2,
	FREE = -1,
	FAT_SECTOR = -3,
	STORAGE = 1,
	STREAM = 2,
	ROOT = 5
};

struct entry {
	str name; /* of ASCII */
	int type, parent;
	str bytes;
	int child, right; /* a storage's first child; the next of its siblings */
	int32_t start;
	str class_id;
};

struct fixture_ole {
	struct kit *k;
	struct entry entries[ENTRIES_MAX];
	int n;
};

static void put(struct strbuf *b, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		strbuf_char(b, (char)(i < 8 ? v >> (8 * i) : 0));
}

static void pad(struct strbuf *b, size_t to_multiple)
{
	while (b->n % to_multiple)
		strbuf_char(b, 0);
}

struct fixture_ole *fixture_ole_start(struct kit *k, str class_id)
{
	struct fixture_ole *o = arena_make(k->arena, struct fixture_ole);

	o->k = k;
	o->n = 1;
	o->entries[0] = (struct entry){ STR("Root Entry"), ROOT, -1, STR(""), -1, -1, 0, class_id };
	return o;
}

int fixture_ole_add(struct fixture_ole *o, int parent, const char *name, bool is_stream, str bytes)
{
	struct entry *e = &o->entries[o->n], *p = &o->entries[parent];
	int *at = &p->child;

	bug_if(o->n == ENTRIES_MAX);
	*e = (struct entry){ str_c(name), is_stream ? STREAM : STORAGE, parent, bytes, -1, -1, 0,
			     STR("") };
	while (*at >= 0) /* a list by right siblings: readers search it whole */
		at = &o->entries[*at].right;
	*at = o->n;
	return o->n++;
}

static void put_directory_entry(struct strbuf *b, const struct entry *e)
{
	for (size_t i = 0; i < 32; i++)
		put(b, i < e->name.n ? (unsigned char)e->name.p[i] : 0, 2);
	put(b, (e->name.n + 1) * 2, 2);
	put(b, (uint64_t)e->type, 1);
	put(b, 1, 1); /* black */
	put(b, 0xffffffff, 4);
	put(b, (uint32_t)e->right, 4);
	put(b, (uint32_t)e->child, 4);
	strbuf_put(b, str_sub(e->class_id, 0, 16));
	for (size_t i = e->class_id.n; i < 16; i++)
		strbuf_char(b, 0);
	put(b, 0, 4 + 8 + 8);
	put(b, (uint32_t)e->start, 4);
	put(b, e->bytes.n, 8);
}

/* Appends a chain of n sectors to a table; its first one. */
static int32_t chain(struct strbuf *table, size_t n)
{
	int32_t first = (int32_t)(table->n / 4);

	for (size_t i = 0; i < n; i++)
		put(table, i + 1 == n ? (uint32_t)END_OF_CHAIN : (uint32_t)(first + (int32_t)i + 1),
		    4);
	return n ? first : END_OF_CHAIN;
}

static size_t count(size_t bytes, size_t unit)
{
	return (bytes + unit - 1) / unit;
}

static void put_header(struct strbuf *b, size_t fat, int32_t directory, int32_t minifat,
		       size_t minis)
{
	strbuf_put(b, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"));
	put(b, 0, 8);
	put(b, 0, 8);
	put(b, 0x3e, 2);
	put(b, 3, 2);
	put(b, 0xfffe, 2);
	put(b, 9, 2);
	put(b, 6, 2);
	put(b, 0, 6);
	put(b, 0, 4);
	put(b, fat, 4);
	put(b, (uint32_t)directory, 4);
	put(b, 0, 4);
	put(b, CUTOFF, 4);
	put(b, (uint32_t)minifat, 4);
	put(b, minis, 4);
	put(b, (uint32_t)END_OF_CHAIN, 4);
	put(b, 0, 4);
	for (size_t i = 0; i < 109; i++)
		put(b, i < fat ? i : (uint32_t)FREE, 4);
}

/* Sector 0 and on: the FAT, the directory, the mini FAT, the mini stream, the big streams. */
str fixture_ole_end(struct fixture_ole *o)
{
	struct arena *a = o->k->arena;
	size_t max = 64 << 20, sectors = 0, fat;
	struct strbuf mini = strbuf_make(a, max), minifat = strbuf_make(a, max),
		      big = strbuf_make(a, max), dir = strbuf_make(a, max),
		      table = strbuf_make(a, max), out = strbuf_make(a, max);
	int32_t directory, minifat_at;

	for (int i = 1; i < o->n; i++) {
		struct entry *e = &o->entries[i];

		sectors += e->bytes.n >= CUTOFF ? count(e->bytes.n, SECTOR) : 0;
		if (e->type != STREAM || e->bytes.n >= CUTOFF)
			continue;
		e->start = chain(&minifat, count(e->bytes.n, MINI));
		strbuf_put(&mini, e->bytes);
		pad(&mini, MINI);
	}
	o->entries[0].bytes = strbuf_str(&mini);
	sectors += count((size_t)o->n * 128, SECTOR) + count(minifat.n, SECTOR) +
		   count(mini.n, SECTOR);
	fat = count(sectors + count(sectors, 127), 128);
	for (size_t i = 0; i < fat; i++)
		put(&table, (uint32_t)FAT_SECTOR, 4);
	directory = chain(&table, count((size_t)o->n * 128, SECTOR));
	minifat_at = chain(&table, count(minifat.n, SECTOR));
	o->entries[0].start = chain(&table, count(mini.n, SECTOR));
	for (int i = 1; i < o->n; i++) {
		struct entry *e = &o->entries[i];

		if (e->bytes.n < CUTOFF)
			continue;
		e->start = chain(&table, count(e->bytes.n, SECTOR));
		strbuf_put(&big, e->bytes);
		pad(&big, SECTOR);
	}
	for (int i = 0; i < o->n; i++)
		put_directory_entry(&dir, &o->entries[i]);
	put_header(&out, fat, directory, minifat_at, count(minifat.n, SECTOR));
	while (table.n < fat * SECTOR)
		put(&table, (uint32_t)FREE, 4);
	strbuf_put(&out, strbuf_str(&table));
	strbuf_put(&out, strbuf_str(&dir));
	pad(&out, SECTOR);
	strbuf_put(&out, strbuf_str(&minifat));
	while (out.n % SECTOR)
		put(&out, (uint32_t)FREE, 4);
	strbuf_put(&out, strbuf_str(&mini));
	pad(&out, SECTOR);
	strbuf_put(&out, strbuf_str(&big));
	return strbuf_str(&out);
}

/* MS-OVBA 2.4.1 with literal tokens only. */
static str compressed(struct kit *k, str source)
{
	enum { LITERALS = 3600 };
	struct strbuf b = strbuf_make(k->arena, source.n * 2 + 16);

	strbuf_char(&b, 1);
	for (size_t at = 0; at < source.n; at += LITERALS) {
		str chunk = str_sub(source, at, at + LITERALS);

		put(&b, 0xb000 | (chunk.n + count(chunk.n, 8) + 2 - 3), 2);
		for (size_t i = 0; i < chunk.n; i += 8) {
			strbuf_char(&b, 0);
			strbuf_put(&b, str_sub(chunk, i, i + 8));
		}
	}
	return strbuf_str(&b);
}

static void record(struct strbuf *b, unsigned id, str bytes)
{
	put(b, id, 2);
	put(b, bytes.n, 4);
	strbuf_put(b, bytes);
}

static str project_directory(struct kit *k)
{
	struct strbuf b = strbuf_make(k->arena, 4096);

	record(&b, 0x01, STR("\1\0\0\0"));
	record(&b, 0x02, STR("\x09\4\0\0"));
	record(&b, 0x14, STR("\x09\4\0\0"));
	record(&b, 0x03, STR("\xe4\4"));
	record(&b, 0x04, STR("VBAProject"));
	record(&b, 0x05, STR(""));
	record(&b, 0x40, STR(""));
	record(&b, 0x06, STR(""));
	record(&b, 0x3d, STR(""));
	record(&b, 0x07, STR("\0\0\0\0"));
	record(&b, 0x08, STR("\0\0\0\0"));
	put(&b, 0x09, 2);
	put(&b, 4, 4);
	put(&b, 1, 6);
	record(&b, 0x0c, STR(""));
	record(&b, 0x3c, STR(""));
	record(&b, 0x0f, STR("\1\0"));
	record(&b, 0x13, STR("\0\0"));
	record(&b, 0x19, STR("Module1"));
	record(&b, 0x1a, STR("Module1"));
	record(&b, 0x32, STR("M\0o\0d\0u\0l\0e\0001\0"));
	record(&b, 0x1c, STR(""));
	record(&b, 0x48, STR(""));
	record(&b, 0x31, STR("\0\0\0\0"));
	record(&b, 0x1e, STR("\0\0\0\0"));
	record(&b, 0x2c, STR("\0\0"));
	record(&b, 0x21, STR(""));
	record(&b, 0x2b, STR(""));
	record(&b, 0x10, STR(""));
	return strbuf_str(&b);
}

void fixture_ole_vba(struct fixture_ole *o, int parent, str source)
{
	int vba = fixture_ole_add(o, parent, "VBA", false, STR(""));

	fixture_ole_add(o, vba, "dir", true, compressed(o->k, project_directory(o->k)));
	fixture_ole_add(o, vba, "_VBA_PROJECT", true, STR("\xcc\x61\xff\xff\0\0\0"));
	fixture_ole_add(o, vba, "Module1", true, compressed(o->k, source));
	fixture_ole_add(o, parent, "PROJECT", true,
			STR("ID=\"{00000000-0000-0000-0000-000000000000}\"\r\nModule=Module1\r\n"));
}

str fixture_vba_project(struct kit *k, str source)
{
	struct fixture_ole *o = fixture_ole_start(k, STR(""));

	fixture_ole_vba(o, 0, source);
	return fixture_ole_end(o);
}
