#include "document/powerpoint.h"

#include "base/reader.h"
#include "base/strbuf.h"
#include "document/runs.h"
#include "document/unzlib.h"

/* 2.13.24 */
enum {
	TEXT_CHARS = 0x0fa0,
	TEXT_BYTES = 0x0fa8,
	STRING = 0x0fba,
	INTERACTION = 0x0ff3,
	STORAGE = 0x1011,
	ACTION_MACRO = 1,
	ACTION_PROGRAM = 2,
	ENCRYPTED_TOKEN = 0xf3d1c4df,
	HEADER = 8,
	INTERACTION_SIZE = 16
};

struct reading {
	struct arena *arena;
	struct powerpoint *ret;
	struct strbuf text;
	size_t left; /* bytes that may still be unpacked */
};

/* Behind the stated length; PowerPoint itself leaves out the end mark of the packing. */
static str unpack(struct reading *p, str data)
{
	struct reader r = reader_make(data);
	uint32_t stated = reader_u32le(&r);
	bool whole;
	str bytes = unzlib_all(p->arena, str_skip(data, 4), p->left, &whole);

	p->ret->broken |= bytes.n < stated;
	p->left -= bytes.n;
	return bytes;
}

/* Packed when the record's instance is 1. */
static void take_storage(struct reading *p, uint32_t instance, str data)
{
	str bytes;

	if (p->ret->storages.n >= POWERPOINT_ITEMS_MAX) {
		p->ret->broken = true;
		return;
	}
	bytes = instance == 1 ? unpack(p, data) : data;
	if (bytes.n)
		*arena_push(p->arena, &p->ret->storages) = bytes;
}

static void take_interaction(struct reading *p, str data)
{
	struct reader r = reader_make(str_skip(data, 8));
	uint32_t action = reader_u8(&r);

	p->ret->runs_macro |= action == ACTION_MACRO;
	p->ret->runs_program |= action == ACTION_PROGRAM;
}

static void take(struct reading *p, uint32_t type, uint32_t instance, str data)
{
	if (type == STORAGE)
		take_storage(p, instance, data);
	else if (type == INTERACTION)
		take_interaction(p, data);
	else if (data.n <= p->text.max - p->text.n) {
		strbuf_put(&p->text, runs_text(p->arena, data, type != TEXT_BYTES));
		strbuf_char(&p->text, '\n');
	}
}

/* A header that can be one of a record we know: what it announces must be there. */
static bool is_record(uint32_t version, uint32_t type, str data, size_t n)
{
	if (version & 0xf || data.n != n)
		return false;
	switch (type) {
	case STORAGE:
		return version >> 4 == 1 ? str_starts(str_skip(data, 4), STR("\x78"))
					 : str_starts(data, STR("\xd0\xcf\x11\xe0"));
	case INTERACTION:
		return version == 0 && n == INTERACTION_SIZE;
	case TEXT_CHARS:
	case STRING:
		return n && n % 2 == 0;
	case TEXT_BYTES:
		return n != 0;
	default:
		return false;
	}
}

/* A directory says where records stand, and saving leaves gaps between them: so they are
 * looked for at every place. */
void powerpoint_read(struct arena *a, str stream, size_t max, struct powerpoint *ret)
{
	struct reading p = {
		.arena = a, .ret = ret, .text = strbuf_make(a, POWERPOINT_TEXT_MAX), .left = max
	};

	*ret = (struct powerpoint){ 0 };
	for (size_t at = 0; at + HEADER <= stream.n; at++) {
		struct reader r = reader_make(str_sub(stream, at, at + HEADER));
		uint32_t version = reader_u16le(&r), type = reader_u16le(&r);
		size_t n = reader_u32le(&r);
		str data = str_sub(stream, at + HEADER, at + HEADER + n);

		if (!is_record(version, type, data, n))
			continue;
		take(&p, type, version >> 4, data);
		at += HEADER - 1; /* what stands within may be a record as well */
	}
	ret->cut = p.text.overflow;
	ret->text = strbuf_str(&p.text);
}

bool powerpoint_is_encrypted(str current_user)
{
	struct reader r = reader_make(current_user);

	reader_seek(&r, 12);
	return reader_u32le(&r) == ENCRYPTED_TOKEN;
}
