#include "quarantine/zstdfile.h"

#include "base/fd.h"

#include <errno.h>
#include <zstd.h>

enum {
	LEVEL = 3,
	BUFFER = 64 << 10,
	SKIP_MAGIC = 0x184D2A50, /* RFC 8878 3.1.2 */
};

void zstdfile_skip_head(uint32_t n, char ret[ZSTDFILE_SKIP_HEAD])
{
	for (int i = 0; i < 4; i++) {
		ret[i] = (char)((uint32_t)SKIP_MAGIC >> (8 * i));
		ret[i + 4] = (char)(n >> (8 * i));
	}
}

/* Feeds one piece; at the end, until everything is out. */
static int compress(ZSTD_CCtx *z, int fd, ZSTD_inBuffer in, ZSTD_EndDirective end, char *buffer,
		    struct why *why)
{
	size_t left;

	do {
		ZSTD_outBuffer out = { buffer, BUFFER, 0 };
		int r;

		left = ZSTD_compressStream2(z, &out, &in, end);
		if (ZSTD_isError(left))
			return why_set(why, -EIO, "zstd: %s", ZSTD_getErrorName(left));
		r = fd_write_all(fd, str_of(buffer, out.pos), why);
		if (r < 0)
			return r;
	} while (in.pos < in.size || (end == ZSTD_e_end && left));
	return 0;
}

int zstdfile_write(int fd, struct arena *a, const struct bodyparts *body, struct why *why)
{
	ZSTD_CCtx *z = ZSTD_createCCtx();
	char *buffer = arena_alloc(a, BUFFER);
	int r = 0;

	bug_if(!z || ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, LEVEL)));
	(void)ZSTD_CCtx_setPledgedSrcSize(z, body->size); /* only makes the head smaller */
	for (size_t i = 0; i < body->n && r == 0; i++) {
		ZSTD_inBuffer in = { body->v[i].iov_base, body->v[i].iov_len, 0 };

		r = compress(z, fd, in, ZSTD_e_continue, buffer, why);
	}
	if (r == 0)
		r = compress(z, fd, (ZSTD_inBuffer){ "", 0, 0 }, ZSTD_e_end, buffer, why);
	ZSTD_freeCCtx(z);
	return r;
}

static int decompress(ZSTD_DCtx *z, str in, char *buffer, uint64_t size, int fd, struct why *why)
{
	ZSTD_inBuffer ib = { in.p, in.n, 0 };
	uint64_t total = 0;
	size_t left;

	do {
		ZSTD_outBuffer out = { buffer, BUFFER, 0 };
		int r;

		left = ZSTD_decompressStream(z, &out, &ib);
		if (ZSTD_isError(left))
			return why_set(why, ZSTDFILE_E_CORRUPT, "zstd: %s",
				       ZSTD_getErrorName(left));
		total += out.pos;
		if (total > size)
			return why_set(why, ZSTDFILE_E_CORRUPT, "more than %llu bytes",
				       (unsigned long long)size);
		if (left && ib.pos == ib.size && out.pos < out.size)
			return why_set(why, ZSTDFILE_E_CORRUPT, "cut short");
		r = fd_write_all(fd, str_of(buffer, out.pos), why);
		if (r < 0)
			return r;
	} while (left);
	if (total != size || ib.pos != ib.size)
		return why_set(why, ZSTDFILE_E_CORRUPT, "%llu bytes instead of %llu",
			       (unsigned long long)total, (unsigned long long)size);
	return ZSTDFILE_OK;
}

int zstdfile_read(str in, struct arena *a, uint64_t size, int fd, struct why *why)
{
	ZSTD_DCtx *z = ZSTD_createDCtx();
	int r;

	bug_if(!z);
	r = decompress(z, in, arena_alloc(a, BUFFER), size, fd, why);
	ZSTD_freeDCtx(z);
	return r;
}
