/* spool/spoolrecord.h - the records that a segment of the spool consists of, and its own header.
 *
 *   segment  header | header again, in another block | records, each at a multiple of 8
 *   header   8 bytes magic | u64le mark | u64le XXH64 of both
 *   record   u64le mark | u32le type | u32le head bytes | u64le body bytes
 *            | u64le XXH64 of the head | u64le XXH64 of the five before | head | body
 *
 * The mark is drawn at random for each segment and starts every checksum, with the record's
 * place: bytes left from another use of the disk, and bodies that imitate records, are never
 * taken for one, as nobody outside has seen the mark.
 *
 * Input    bytes from a disk, possibly torn.
 * Memory   by value.   Limits  FRAME_MAX bytes of head.   Threads  pure.
 * Errors   false: not a record of this segment at this place; outputs untouched.
 */
#ifndef SPOOL_SPOOLRECORD_H
#define SPOOL_SPOOLRECORD_H

#include "base/str.h"

enum {
	RECORD_HEADER = 40,
	RECORD_ALIGN = 8,
	RECORD_SECOND = 4096, /* where the second header of a segment is: in another block */
	RECORD_SEGMENT_HEADER = 24,
	RECORD_FIRST = RECORD_SECOND + 512, /* where the first record is */
};

enum spoolrecord_type {
	RECORD_MESSAGE = 1, /* head: spoolmeta; body */
	RECORD_MOVED,	    /* the same message once more, so that an old segment can go */
	RECORD_STATE,	    /* head: id, framed spoolstate */
	RECORD_DONE,	    /* head: id: the message has left */
	RECORD_GAP,	    /* damage that was set apart: nothing, up to its end */
	RECORD_TYPES
};

struct spoolrecord {
	enum spoolrecord_type type;
	uint32_t head;
	uint64_t body; /* bytes; 0 unless a message */
	uint64_t head_sum;
};

/* ret: RECORD_SEGMENT_HEADER bytes. */
void spoolrecord_put_segment(char *ret, uint64_t mark);
bool spoolrecord_get_segment(str in, uint64_t *ret_mark) must_use;

/* ret: RECORD_HEADER bytes, for a record at offset at. */
void spoolrecord_put(char *ret, enum spoolrecord_type type, str head, uint64_t body, uint64_t mark,
		     uint64_t at);
/* in: at least RECORD_HEADER bytes. */
bool spoolrecord_get(str in, uint64_t mark, uint64_t at, struct spoolrecord *ret) must_use;
/* The head is what was written. */
bool spoolrecord_head_ok(const struct spoolrecord *r, str head, uint64_t mark);
/* Header, head, body and padding: where the next record starts. */
uint64_t spoolrecord_bytes(uint32_t head, uint64_t body);

#endif
