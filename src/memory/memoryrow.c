#include "memory/memoryrow.h"

#include "base/reader.h"

enum { FORMAT = 1 };

static void put(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t bits_of(float f)
{
	uint32_t v;

	memcpy(&v, &f, sizeof(v));
	return v;
}

void memoryrow_pack(const struct memoryrow *r, uint8_t ret[MEMORYROW_BYTES])
{
	ret[0] = FORMAT;
	put(ret + 1, r->row.first_seen);
	put(ret + 5, r->row.last_seen);
	put(ret + 9, bits_of(r->row.good));
	put(ret + 13, bits_of(r->row.bad));
	put(ret + 17, r->row.value);
	put(ret + 21, r->forgotten);
}

/* False when it is no number, or one that we never write. */
static bool take_count(struct reader *r, float *ret)
{
	uint32_t bits = reader_u32le(r);

	memcpy(ret, &bits, sizeof(*ret));
	return *ret >= 0 && *ret <= MEMORY_COUNT_MAX;
}

bool memoryrow_unpack(str in, struct memoryrow *ret)
{
	struct reader r = reader_make(in);
	struct memoryrow x = { 0 };
	bool good = in.n == MEMORYROW_BYTES && reader_u8(&r) == FORMAT;

	x.row.first_seen = reader_u32le(&r);
	x.row.last_seen = reader_u32le(&r);
	good = take_count(&r, &x.row.good) && good;
	good = take_count(&r, &x.row.bad) && good;
	x.row.value = reader_u32le(&r);
	x.forgotten = reader_u32le(&r);
	if (!good || x.row.first_seen > x.row.last_seen)
		return false;
	*ret = x;
	return true;
}
