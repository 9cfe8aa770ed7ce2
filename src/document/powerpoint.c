#include "document/powerpoint.h"

#include "base/reader.h"
#include "base/strbuf.h"
#include "document/runs.h"
#include "document/unzlib.h"

/* 2.13.24 */
enum {
	CONTAINER = 0xf,
	TEXT_CHARS = 0x0fa0,
	TEXT_BYTES = 0x0fa8,
	STRING = 0x0fba,
	INTERACTION = 0x0ff3,
	STORAGE = 0x1011,
	ACTION_MACRO = 1,
	ACTION_PROGRAM = 2,
	ENCRYPTED_TOKEN = 0xf3d1c4df,
	HEADER = 8,
	DEPTH_MAX = 64
};

struct reading {
	struct arena *arena;
	struct powerpoint *ret;
	struct strbuf text;
	size_t left; /* bytes that may still be unpacked */
};

static str unpack(struct reading *p, str packed)
{
	bool whole;
	str bytes = unzlib_all(p->arena, packed, p->left, &whole);

	p->ret->broken |= !whole;
	p->left -= bytes.n;
	return bytes;
}

/* Packed behind its length when the record's instance is 1. */
static void take_storage(struct reading *p, uint32_t instance, str data)
{
	str bytes = data;

	if (p->ret->storages.n >= POWERPOINT_ITEMS_MAX) {
		p->ret->broken = true;
		return;
	}
	if (instance == 1)
		bytes = unpack(p, str_skip(data, 4));
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
	if (type == INTERACTION)
		take_interaction(p, data);
	if (type == TEXT_CHARS || type == STRING || type == TEXT_BYTES) {
		strbuf_put(&p->text, runs_text(p->arena, data, type != TEXT_BYTES));
		strbuf_char(&p->text, '\n');
	}
}

/* Where the containers end that are open now: some are longer than what they hold. */
struct ends {
	size_t v[DEPTH_MAX];
	size_t n;
};

static void leave_containers(struct ends *ends, struct reader *r)
{
	while (ends->n && r->at + HEADER > ends->v[ends->n - 1]) {
		size_t end = ends->v[--ends->n];

		if (end > r->at)
			reader_seek(r, end);
	}
}

static void enter_container(struct ends *ends, const struct reader *r, size_t n)
{
	if (ends->n < DEPTH_MAX && n <= reader_left(r))
		ends->v[ends->n++] = r->at + n;
}

void powerpoint_read(struct arena *a, str stream, size_t max, struct powerpoint *ret)
{
	struct reading p = {
		.arena = a, .ret = ret, .text = strbuf_make(a, POWERPOINT_TEXT_MAX), .left = max
	};
	struct reader r = reader_make(stream);
	struct ends ends = { .n = 0 };

	*ret = (struct powerpoint){ 0 };
	for (leave_containers(&ends, &r); reader_left(&r) >= HEADER; leave_containers(&ends, &r)) {
		uint32_t version = reader_u16le(&r), type = reader_u16le(&r);
		size_t n = reader_u32le(&r);
		str data;

		if ((version & 0xf) == CONTAINER) {
			enter_container(&ends, &r, n);
			continue;
		}
		data = reader_bytes(&r, n);
		if (r.bad)
			break;
		take(&p, type, version >> 4, data);
	}
	ret->broken |= r.bad;
	ret->text = strbuf_str(&p.text);
}

bool powerpoint_is_encrypted(str current_user)
{
	struct reader r = reader_make(current_user);

	reader_seek(&r, 12);
	return reader_u32le(&r) == ENCRYPTED_TOKEN;
}
