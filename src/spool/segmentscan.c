#include "spool/segmentscan.h"

#include "spool/frame.h"

#include <endian.h>
#include <errno.h>

enum { WINDOW = RECORD_HEADER + FRAME_MAX, READ_AHEAD = 256 << 10, CHUNK = 64 << 10 };

/* n bytes from offset at, both within the file; n at most WINDOW. */
static int look(struct segmentscan *s, uint64_t at, size_t n, str *ret)
{
	if (at < s->window_at || at + n > s->window_at + s->window_n) {
		uint64_t left = s->size - at;
		size_t want = n > READ_AHEAD ? n : READ_AHEAD;
		int r;

		s->window_n = 0;
		want = want > left ? (size_t)left : want;
		r = spoolio_read_around(s->io, s->fd, s->window, want, at, &s->lost);
		if (r < 0)
			return r;
		s->window_at = at;
		s->window_n = want;
	}
	*ret = str_of(s->window + (at - s->window_at), n);
	return 0;
}

int segmentscan_open(struct segmentscan *s, const struct spoolio *io, int fd, uint64_t size,
		     struct arena *a, bool *ret_known)
{
	str in;
	int r;

	*s = (struct segmentscan){ .io = io, .fd = fd, .size = size, .at = RECORD_FIRST };
	*ret_known = false;
	if (size < RECORD_FIRST)
		return 0;
	s->window = arena_alloc(a, WINDOW);
	r = look(s, 0, RECORD_FIRST, &in);
	if (r < 0)
		return r;
	*ret_known = spoolrecord_get_segment(in, &s->mark) ||
		     spoolrecord_get_segment(str_skip(in, RECORD_SECOND), &s->mark);
	return 0;
}

/* A whole header at offset at, of a record that ends within the file. */
static int header_at(struct segmentscan *s, uint64_t at, struct spoolrecord *ret, bool *ret_found)
{
	str in;
	int r;

	*ret_found = false;
	if (s->size - at < RECORD_HEADER)
		return 0;
	r = look(s, at, RECORD_HEADER, &in);
	if (r < 0)
		return r;
	/* Nothing behind s->at is longer than the file, as spoolrecord_get limits both parts. */
	*ret_found = spoolrecord_get(in, s->mark, at, ret) &&
		     spoolrecord_bytes(ret->head, ret->body) <= s->size - at;
	return 0;
}

/* Looks through some words from offset at for the mark; *ret_last is the end of the last byte
 * that is not zero, if there is one. *ret_end: where the search ended, on the mark perhaps. */
static int pass_words(struct segmentscan *s, uint64_t at, uint64_t *ret_last, uint64_t *ret_end)
{
	size_t n = s->size - at < CHUNK ? (size_t)(s->size - at) : CHUNK, i = 0;
	str in;
	int r = look(s, at, n, &in);

	for (; r == 0 && i < n; i += RECORD_ALIGN) {
		uint64_t word = 0;
		size_t bytes = n - i < RECORD_ALIGN ? n - i : RECORD_ALIGN;

		memcpy(&word, in.p + i, bytes);
		if (word == 0)
			continue;
		if (le64toh(word) == s->mark && i > 0)
			break;
		while (in.p[i + bytes - 1] == 0)
			bytes--;
		*ret_last = at + i + bytes;
	}
	*ret_end = at + i;
	return r;
}

/* The end of the damage that starts at s->at: the next whole header, or the last byte that
 * is not zero. Zeros only: *ret_zeros. */
static int pass_damage(struct segmentscan *s, uint64_t *ret_end, bool *ret_zeros)
{
	uint64_t at = s->at, last = s->at;
	struct spoolrecord record;
	bool found = false;

	while (at < s->size && !found) {
		int r = pass_words(s, at, &last, &at);

		if (r == 0 && at < s->size)
			r = header_at(s, at, &record, &found);
		if (r < 0)
			return r;
	}
	*ret_zeros = last == s->at;
	*ret_end = found ? at : last;
	return 0;
}

static int damage(struct segmentscan *s, struct segmentscan_item *ret)
{
	bool zeros;
	int r = pass_damage(s, &ret->end, &zeros);

	if (r < 0)
		return r;
	s->at = ret->end;
	if (!zeros)
		return SEGMENTSCAN_DAMAGE;
	return ret->end == ret->at ? SEGMENTSCAN_END : SEGMENTSCAN_HOLE;
}

int segmentscan_next(struct segmentscan *s, struct segmentscan_item *ret)
{
	bool found;
	int r;

	*ret = (struct segmentscan_item){ .at = s->at, .end = s->at };
	if (s->at >= s->size)
		return SEGMENTSCAN_END;
	r = header_at(s, s->at, &ret->record, &found);
	if (r < 0)
		return r;
	if (!found)
		return damage(s, ret);
	r = look(s, s->at + RECORD_HEADER, ret->record.head, &ret->head);
	if (r < 0)
		return r;
	ret->end = s->at + spoolrecord_bytes(ret->record.head, ret->record.body);
	s->at = ret->end;
	return spoolrecord_head_ok(&ret->record, ret->head, s->mark) ? SEGMENTSCAN_RECORD
								     : SEGMENTSCAN_DAMAGE;
}
