/* document/cfb_make.h - for tests: writes a compound file (MS-CFB, version 3) from streams.
 *
 *	struct cfb_make m = cfb_make_new(arena);
 *	int32_t vba = cfb_make_storage(&m, 0, STR("VBA"));
 *	cfb_make_stream(&m, vba, STR("dir"), bytes);
 *	str file = cfb_make_finish(&m);
 */
#ifndef DOCUMENT_CFB_MAKE_H
#define DOCUMENT_CFB_MAKE_H

#include "base/strbuf.h"

enum { CFB_MAKE_SECTOR = 512, CFB_MAKE_MINI = 64, CFB_MAKE_CUTOFF = 4096, CFB_MAKE_MAX = 1 << 22 };

struct cfb_make_entry {
	str name, data;
	int32_t parent;
	uint8_t kind;
	uint8_t class_id[16];
	uint32_t start, child, right;
};

struct cfb_make {
	struct arena *arena;
	ARENA_VEC(struct cfb_make_entry) entries;
};

unused_arg static int32_t cfb_make_add(struct cfb_make *m, int32_t parent, str name, str data,
				       uint8_t kind)
{
	struct cfb_make_entry *e = arena_push(m->arena, &m->entries);

	*e = (struct cfb_make_entry){ .name = name,
				      .data = data,
				      .parent = parent,
				      .kind = kind,
				      .child = UINT32_MAX,
				      .right = UINT32_MAX };
	return (int32_t)m->entries.n - 1;
}

unused_arg static struct cfb_make cfb_make_new(struct arena *a)
{
	struct cfb_make m = { .arena = a };

	(void)cfb_make_add(&m, -1, STR("Root Entry"), STR(""), 5);
	return m;
}

unused_arg static int32_t cfb_make_storage(struct cfb_make *m, int32_t parent, str name)
{
	return cfb_make_add(m, parent, name, STR(""), 1);
}

unused_arg static int32_t cfb_make_stream(struct cfb_make *m, int32_t parent, str name, str data)
{
	return cfb_make_add(m, parent, name, data, 2);
}

unused_arg static void cfb_make_u32(struct strbuf *b, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		strbuf_char(b, (char)(v >> (8 * i)));
}

unused_arg static void cfb_make_pad(struct strbuf *b, size_t unit, char with)
{
	while (b->n % unit)
		strbuf_char(b, with);
}

/* Numbers of a chain of n units from first on, then the mark of its end. */
unused_arg static void cfb_make_chain(struct strbuf *table, size_t n)
{
	uint32_t first = (uint32_t)(table->n / 4);

	for (size_t i = 0; i < n; i++)
		cfb_make_u32(table, i + 1 < n ? first + (uint32_t)i + 1 : 0xfffffffe);
}

unused_arg static uint32_t cfb_make_put(struct strbuf *to, struct strbuf *table, str data,
					size_t unit)
{
	uint32_t start = (uint32_t)(to->n / unit);

	strbuf_put(to, data);
	cfb_make_pad(to, unit, '\0');
	cfb_make_chain(table, to->n / unit - start);
	return start;
}

unused_arg static str cfb_make_directory(struct cfb_make *m)
{
	struct strbuf b = strbuf_make(m->arena, CFB_MAKE_MAX);

	for (size_t i = 0; i < m->entries.n; i++) {
		struct cfb_make_entry *e = &m->entries.v[i];

		for (size_t k = 0; k < 32; k++) {
			strbuf_char(&b, k < e->name.n ? e->name.p[k] : '\0');
			strbuf_char(&b, '\0');
		}
		strbuf_char(&b, (char)(2 * e->name.n + 2));
		strbuf_char(&b, '\0');
		strbuf_char(&b, (char)e->kind);
		strbuf_char(&b, 1);
		cfb_make_u32(&b, UINT32_MAX);
		cfb_make_u32(&b, e->right);
		cfb_make_u32(&b, e->child);
		strbuf_put(&b, str_of(e->class_id, 16));
		for (int k = 0; k < 5; k++)
			cfb_make_u32(&b, 0);
		cfb_make_u32(&b, e->start);
		cfb_make_u32(&b, (uint32_t)e->data.n);
		cfb_make_u32(&b, 0);
	}
	return strbuf_str(&b);
}

/* Siblings hang at each other's right side. */
unused_arg static void cfb_make_link(struct cfb_make *m)
{
	for (size_t i = m->entries.n; i-- > 1;) {
		struct cfb_make_entry *e = &m->entries.v[i];

		if (e->parent < 0)
			continue; /* reached by nothing */
		e->right = m->entries.v[e->parent].child;
		m->entries.v[e->parent].child = (uint32_t)i;
	}
}

unused_arg static str cfb_make_finish(struct cfb_make *m)
{
	struct strbuf sectors = strbuf_make(m->arena, CFB_MAKE_MAX);
	struct strbuf fat = strbuf_make(m->arena, CFB_MAKE_MAX);
	struct strbuf mini = strbuf_make(m->arena, CFB_MAKE_MAX);
	struct strbuf minifat = strbuf_make(m->arena, CFB_MAKE_MAX);
	struct strbuf out = strbuf_make(m->arena, CFB_MAKE_MAX);
	uint32_t directory, minitable, fat_start, fat_n;

	cfb_make_link(m);
	for (size_t i = 1; i < m->entries.n; i++) {
		struct cfb_make_entry *e = &m->entries.v[i];

		e->start = e->data.n < CFB_MAKE_CUTOFF
				   ? cfb_make_put(&mini, &minifat, e->data, CFB_MAKE_MINI)
				   : cfb_make_put(&sectors, &fat, e->data, CFB_MAKE_SECTOR);
	}
	m->entries.v[0].start = cfb_make_put(&sectors, &fat, strbuf_str(&mini), CFB_MAKE_SECTOR);
	m->entries.v[0].data = strbuf_str(&mini);
	directory = cfb_make_put(&sectors, &fat, cfb_make_directory(m), CFB_MAKE_SECTOR);
	cfb_make_pad(&minifat, CFB_MAKE_SECTOR, (char)0xff);
	minitable = cfb_make_put(&sectors, &fat, strbuf_str(&minifat), CFB_MAKE_SECTOR);
	fat_start = (uint32_t)(sectors.n / CFB_MAKE_SECTOR);
	fat_n = (uint32_t)(fat.n / CFB_MAKE_SECTOR) + 1;
	for (uint32_t i = 0; i < fat_n; i++)
		cfb_make_u32(&fat, 0xfffffffd);
	cfb_make_pad(&fat, CFB_MAKE_SECTOR, (char)0xff);

	strbuf_put(&out, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"));
	strbuf_put(&out, STR("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			     "\x3e\0\3\0\xfe\xff\x09\0\x06\0\0\0\0\0\0\0\0\0\0\0"));
	cfb_make_u32(&out, fat_n);
	cfb_make_u32(&out, directory);
	cfb_make_u32(&out, 0);
	cfb_make_u32(&out, CFB_MAKE_CUTOFF);
	cfb_make_u32(&out, minifat.n ? minitable : 0xfffffffe);
	cfb_make_u32(&out, (uint32_t)(minifat.n / CFB_MAKE_SECTOR));
	cfb_make_u32(&out, 0xfffffffe);
	cfb_make_u32(&out, 0);
	for (uint32_t i = 0; i < 109; i++)
		cfb_make_u32(&out, i < fat_n ? fat_start + i : UINT32_MAX);
	strbuf_put(&out, strbuf_str(&sectors));
	strbuf_put(&out, strbuf_str(&fat));
	return strbuf_str(&out);
}

#endif
