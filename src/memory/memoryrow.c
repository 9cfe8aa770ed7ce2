#include "memory/memoryrow.h"

#include "base/reader.h"

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

void memoryrow_pack(enum memoryrow state, const struct memory_row *row,
		    uint8_t ret[MEMORYROW_BYTES])
{
	ret[0] = (uint8_t)state; /* and the format: only add states */
	put(ret + 1, row->first_seen);
	put(ret + 5, row->last_seen);
	put(ret + 9, bits_of(row->good));
	put(ret + 13, bits_of(row->bad));
	put(ret + 17, row->value);
}

/* False when it is no number, or one that we never write. */
static bool take_count(struct reader *r, float *ret)
{
	uint32_t bits = reader_u32le(r);

	memcpy(ret, &bits, sizeof(*ret));
	return *ret >= 0 && *ret <= MEMORY_COUNT_MAX;
}

enum memoryrow memoryrow_unpack(str in, struct memory_row *ret)
{
	struct reader r = reader_make(in);
	struct memory_row row = { 0 };
	uint8_t state = reader_u8(&r);
	bool good =
		in.n == MEMORYROW_BYTES && (state == MEMORYROW_THERE || state == MEMORYROW_GONE);

	row.first_seen = reader_u32le(&r);
	row.last_seen = reader_u32le(&r);
	good = take_count(&r, &row.good) && good;
	good = take_count(&r, &row.bad) && good;
	row.value = reader_u32le(&r);
	if (!good || !row.last_seen || row.first_seen > row.last_seen)
		return MEMORYROW_NONE;
	*ret = row;
	return (enum memoryrow)state;
}
