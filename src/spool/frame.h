/* spool/frame.h - the self-describing block at the start of every file we write:
 *
 *   8 bytes magic | u32le payload length | u64le XXH64 of magic, length, payload | payload
 *
 * The kind and version of the file are in the magic. A torn or altered block is never
 * taken for a whole one.
 *
 * Input    frame_get: bytes from a disk, possibly torn.
 * Memory   the payload points into the input.
 * Limits   FRAME_MAX bytes of payload.
 * Threads  pure.
 * Errors   FRAME_E_*; outputs untouched.
 */
#ifndef SPOOL_FRAME_H
#define SPOOL_FRAME_H

#include "base/strbuf.h"

enum { FRAME_MAGIC = 8, FRAME_HEAD = FRAME_MAGIC + 4 + 8, FRAME_MAX = 1 << 20 };
enum {
	FRAME_OK,
	FRAME_E_MAGIC,	  /* another kind of file, or another version */
	FRAME_E_SHORT,	  /* the file ends inside the block, or the length is impossible */
	FRAME_E_CHECKSUM, /* some byte is not what was written */
};

/* magic: FRAME_MAGIC bytes. */
void frame_put(struct strbuf *out, const char *magic, str payload);
/* The block at the start of in; *ret_end is the offset behind it. */
int frame_get(str in, const char *magic, str *ret_payload, size_t *ret_end) must_use;
/* The words for FRAME_E_*, for a log line. */
const char *frame_error(int e);

/* The fields of payloads, as struct reader reads them. */
void frame_put_u32(struct strbuf *out, uint32_t v);
void frame_put_u64(struct strbuf *out, uint64_t v);
void frame_put_lstr(struct strbuf *out, str s);

#endif
