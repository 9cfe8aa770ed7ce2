#include "archive/sevenzip.h"

#include "archive/sevenzipkey.h"
#include "base/reader.h"
#include "base/strbuf.h"

#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>

/* Marks of the header's properties (7zFormat.txt, "Property IDs"). */
enum {
	END = 0,
	HEADER = 1,
	ARCHIVE_PROPERTIES = 2,
	MAIN_STREAMS = 4,
	PACK_INFO = 6,
	UNPACK_INFO = 7,
	SIZE = 9,
	CRC = 10,
	FOLDER = 11,
	UNPACK_SIZES = 12,
	ENCODED_HEADER = 23,
};

enum {
	SIGNATURE_HEADER = 32,
	DICTIONARY_MAX = 64 << 20,
	PROPERTIES_MAX = 1000,
};

#define AES STR("\x06\xf1\x07\x01")
#define LZMA STR("\x03\x01\x01")
#define COPY STR("\0")

/* The number of leading ones of the first byte is the number of bytes that follow. */
static uint64_t read_number(struct reader *r)
{
	uint8_t first = reader_u8(r), mask = 0x80;
	uint64_t value = 0;

	for (int i = 0; i < 8; i++, mask >>= 1) {
		if (!(first & mask))
			return value | (uint64_t)(first & (mask - 1)) << (8 * i);
		value |= (uint64_t)reader_u8(r) << (8 * i);
	}
	return value;
}

/* A count that a hostile header cannot make large. */
static uint32_t read_count(struct reader *r, uint32_t max)
{
	uint64_t n = read_number(r);

	r->bad |= n > max;
	return r->bad ? 0 : (uint32_t)n;
}

static void put_number(struct strbuf *b, uint64_t v)
{
	uint8_t first = 0, mask = 0x80;
	int n = 0;

	while (n < 8 && v >= 1ULL << (7 * (n + 1))) {
		first |= mask;
		mask >>= 1;
		n++;
	}
	strbuf_char(b, (char)(n < 8 ? first | (uint8_t)(v >> (8 * n)) : 0xff));
	for (int i = 0; i < n; i++)
		strbuf_char(b, (char)(v >> (8 * i)));
}

static void put_fixed(struct strbuf *b, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		strbuf_char(b, (char)(v >> (8 * i)));
}

/* Check sums of n things; get is told those that are defined. */
static void read_digests(struct reader *r, uint32_t n, struct sevenzip_folder *folders)
{
	bool all = reader_u8(r);
	str bits = all ? STR_NULL : reader_bytes(r, (n + 7) / 8);

	for (uint32_t i = 0; i < n && !r->bad; i++) {
		bool defined = all || (unsigned char)bits.p[i / 8] & 0x80 >> i % 8;
		uint32_t crc = defined ? reader_u32le(r) : 0;

		if (folders) {
			folders[i].has_crc = defined;
			folders[i].crc = crc;
		}
	}
}

static void read_pack_info(struct arena *a, struct reader *r, struct sevenzip_streams *s)
{
	uint32_t n;
	uint8_t mark;

	s->at = read_number(r);
	n = read_count(r, SEVENZIP_ITEMS_MAX);
	while ((mark = reader_u8(r)) != END && !r->bad) {
		if (mark == SIZE) {
			for (uint32_t i = 0; i < n; i++)
				*arena_push(a, &s->packs) = read_number(r);
		} else if (mark == CRC) {
			read_digests(r, n, NULL);
		} else {
			r->bad = true;
		}
	}
	r->bad |= s->packs.n != n;
}

static void read_coder(struct reader *r, struct sevenzip_coder *c)
{
	uint8_t flags = reader_u8(r);

	c->id = reader_bytes(r, flags & 15);
	c->complex = flags & 0x10;
	c->in_n = c->complex ? read_count(r, 4) : 1;
	c->out_n = c->complex ? read_count(r, 4) : 1;
	c->properties = flags & 0x20 ? reader_bytes(r, read_count(r, PROPERTIES_MAX)) : STR_NULL;
	r->bad |= flags & 0x80; /* alternatives: never written */
}

static bool is_bound(const struct sevenzip_folder *f, uint32_t in)
{
	for (uint32_t i = 0; i < f->binds_n; i++) {
		if (f->binds[i].in == in)
			return true;
	}
	return false;
}

static void read_folder(struct reader *r, struct sevenzip_folder *f)
{
	f->coders_n = read_count(r, SEVENZIP_CODERS_MAX);
	for (uint32_t i = 0; i < f->coders_n; i++) {
		read_coder(r, &f->coders[i]);
		f->in_n += f->coders[i].in_n;
		f->out_n += f->coders[i].out_n;
	}
	if (r->bad || f->out_n == 0 || f->in_n + 1 < f->out_n) {
		r->bad = true;
		return;
	}
	f->binds_n = f->out_n - 1;
	for (uint32_t i = 0; i < f->binds_n; i++) {
		f->binds[i].in = read_count(r, f->in_n - 1);
		f->binds[i].out = read_count(r, f->out_n - 1);
	}
	f->packed_n = f->in_n - f->binds_n;
	for (uint32_t i = 0; f->packed_n > 1 && i < f->packed_n; i++)
		f->packed[i] = read_count(r, f->in_n - 1);
	for (uint32_t i = 0; f->packed_n == 1 && i < f->in_n; i++) {
		if (!is_bound(f, i))
			f->packed[0] = i;
	}
}

static void read_unpack_info(struct arena *a, struct reader *r, struct sevenzip_streams *s)
{
	uint32_t n;

	r->bad |= reader_u8(r) != FOLDER;
	n = read_count(r, SEVENZIP_ITEMS_MAX);
	r->bad |= reader_u8(r) != 0; /* stored elsewhere: never written */
	for (uint32_t i = 0; i < n && !r->bad; i++)
		read_folder(r, arena_push(a, &s->folders));
	r->bad |= reader_u8(r) != UNPACK_SIZES;
	for (uint32_t i = 0; i < n && !r->bad; i++) {
		for (uint32_t k = 0; k < s->folders.v[i].out_n; k++)
			s->folders.v[i].sizes[k] = read_number(r);
	}
	for (uint8_t mark = reader_u8(r); mark != END && !r->bad; mark = reader_u8(r)) {
		if (mark == CRC)
			read_digests(r, n, s->folders.v);
		else
			r->bad = true;
	}
}

/* Up to behind the folders. */
static bool read_streams(struct arena *a, struct reader *r, struct sevenzip_streams *s)
{
	uint8_t mark = reader_u8(r);

	*s = (struct sevenzip_streams){ 0 };
	if (mark == PACK_INFO) {
		read_pack_info(a, r, s);
		mark = reader_u8(r);
	}
	if (mark != UNPACK_INFO)
		return false;
	read_unpack_info(a, r, s);
	s->rest = str_skip(r->in, r->at);
	return !r->bad;
}

/* The bytes of a packed stream, which begins at *at. */
static str next_pack(str bytes, uint64_t *at, uint64_t size)
{
	uint64_t from = *at;

	if (from > bytes.n - SIGNATURE_HEADER || size > bytes.n - SIGNATURE_HEADER - from)
		return STR_NULL;
	*at = from + size;
	return str_sub(bytes, SIGNATURE_HEADER + (size_t)from,
		       SIGNATURE_HEADER + (size_t)(from + size));
}

static bool is_aes(const struct sevenzip_coder *c)
{
	return str_eq(c->id, AES) && c->in_n == 1 && c->out_n == 1;
}

static bool has_aes(const struct sevenzip_streams *s)
{
	for (size_t i = 0; i < s->folders.n; i++) {
		for (uint32_t k = 0; k < s->folders.v[i].coders_n; k++) {
			if (str_eq(s->folders.v[i].coders[k].id, AES))
				return true;
		}
	}
	return false;
}

/* Takes a coder out of its folder: what asked for its output asks for its input. */
static bool remove_coder(struct sevenzip_folder *f, uint32_t coder, uint32_t in, uint32_t out)
{
	uint32_t bind = 0, packed = 0;

	while (bind < f->binds_n && f->binds[bind].out != out)
		bind++;
	while (packed < f->packed_n && f->packed[packed] != in)
		packed++;
	if (bind == f->binds_n || packed == f->packed_n)
		return false;
	f->packed[packed] = f->binds[bind].in;
	f->binds[bind] = f->binds[--f->binds_n];
	for (uint32_t i = 0; i < f->binds_n; i++) {
		f->binds[i].in -= f->binds[i].in > in;
		f->binds[i].out -= f->binds[i].out > out;
	}
	for (uint32_t i = 0; i < f->packed_n; i++)
		f->packed[i] -= f->packed[i] > in;
	for (uint32_t i = out; i + 1 < f->out_n; i++)
		f->sizes[i] = f->sizes[i + 1];
	for (uint32_t i = coder; i + 1 < f->coders_n; i++)
		f->coders[i] = f->coders[i + 1];
	f->in_n--;
	f->out_n--;
	f->coders_n--;
	return true;
}

struct decryption {
	struct arena *arena;
	struct sevenzipkey key;
	uint64_t *effort;
	str *packs; /* of the folder that is being decrypted */
};

/* One coder; false: a folder nobody would write. */
static bool decrypt_coder(struct decryption *d, struct sevenzip_folder *f, uint32_t coder)
{
	uint32_t in = 0, out = 0, packed = 0;
	str plain;

	for (uint32_t i = 0; i < coder; i++) {
		in += f->coders[i].in_n;
		out += f->coders[i].out_n;
	}
	while (packed < f->packed_n && f->packed[packed] != in)
		packed++;
	if (packed == f->packed_n || f->sizes[out] > d->packs[packed].n ||
	    !sevenzipkey_decrypt(d->arena, &d->key, f->coders[coder].properties, d->packs[packed],
				 d->effort, &plain))
		return false;
	d->packs[packed] = str_sub(plain, 0, (size_t)f->sizes[out]);
	if (f->coders_n > 1)
		return remove_coder(f, coder, in, out);
	f->coders[0] = (struct sevenzip_coder){ .id = COPY, .in_n = 1, .out_n = 1 };
	return true;
}

static bool decrypt_folder(struct decryption *d, struct sevenzip_folder *f)
{
	for (uint32_t i = 0; i < f->coders_n;) {
		if (!is_aes(&f->coders[i]))
			i++;
		else if (!decrypt_coder(d, f, i))
			return false;
	}
	return true;
}

static bool crc_fits(str bytes, bool has_crc, uint32_t crc)
{
	return !has_crc || crc32_z(0, (const Bytef *)bytes.p, bytes.n) == crc;
}

/* What is not packed as well comes out of any password: its checksum alone tells. */
static bool is_plain_text(const struct sevenzip_folder *f, str pack)
{
	if (f->coders_n != 1 || f->packed_n != 1 || !str_eq(f->coders[0].id, COPY))
		return true;
	return crc_fits(str_sub(pack, 0, (size_t)f->sizes[0]), f->has_crc, f->crc);
}

/* All folders; *ret are the packed streams as they are then. */
static bool decrypt_folders(struct decryption *d, str bytes, struct sevenzip_streams *s, str *ret)
{
	uint64_t at = s->at;
	size_t first = 0;

	for (size_t i = 0; i < s->folders.n; i++) {
		struct sevenzip_folder *f = &s->folders.v[i];

		if (f->packed_n > s->packs.n - first)
			return false;
		for (uint32_t k = 0; k < f->packed_n; k++)
			ret[first + k] = next_pack(bytes, &at, s->packs.v[first + k]);
		d->packs = &ret[first];
		if (!decrypt_folder(d, f) || !is_plain_text(f, ret[first]))
			return false;
		first += f->packed_n;
	}
	return first == s->packs.n;
}

/* The header's own packing: LZMA, or none. */
static bool unpack_header(struct arena *a, const struct sevenzip_folder *f, str packed, str *ret)
{
	size_t size = (size_t)f->sizes[0];
	lzma_filter filters[2] = { { .id = LZMA_FILTER_LZMA1 }, { .id = LZMA_VLI_UNKNOWN } };
	lzma_stream stream = LZMA_STREAM_INIT;
	const struct sevenzip_coder *c = &f->coders[0];
	char *out;
	bool fits;

	if (f->coders_n != 1 || f->sizes[0] > SEVENZIP_HEADER_MAX)
		return false;
	if (str_eq(c->id, COPY)) {
		*ret = packed;
		return true;
	}
	if (!str_eq(c->id, LZMA) ||
	    lzma_properties_decode(&filters[0], NULL, (const uint8_t *)c->properties.p,
				   c->properties.n) != LZMA_OK)
		return false;
	out = arena_alloc(a, size + 1);
	stream.next_in = (const uint8_t *)packed.p;
	stream.avail_in = packed.n;
	stream.next_out = (uint8_t *)out;
	stream.avail_out = size;
	fits = ((lzma_options_lzma *)filters[0].options)->dict_size <= DICTIONARY_MAX &&
	       lzma_raw_decoder(&stream, filters) == LZMA_OK &&
	       lzma_code(&stream, LZMA_RUN) <= LZMA_STREAM_END && stream.avail_out == 0;
	lzma_end(&stream);
	free(filters[0].options);
	*ret = str_of(out, size);
	return fits;
}

/* What the signature header points to. */
static str outer_header(str bytes)
{
	struct reader r = reader_make(bytes);
	uint64_t at, size;

	reader_skip(&r, 12);
	at = reader_u64le(&r);
	size = reader_u64le(&r);
	if (r.bad || bytes.n < SIGNATURE_HEADER || at > bytes.n - SIGNATURE_HEADER ||
	    size > bytes.n - SIGNATURE_HEADER - at)
		return STR_NULL;
	return str_sub(bytes, SIGNATURE_HEADER + (size_t)at,
		       SIGNATURE_HEADER + (size_t)(at + size));
}

/* The header itself, unpacked and, with d, decrypted. */
static bool read_header(struct arena *a, str bytes, struct decryption *d, str *ret)
{
	struct reader r;
	struct sevenzip_streams s;
	str pack;

	if (bytes.n < SIGNATURE_HEADER)
		return false;
	*ret = outer_header(bytes);
	r = reader_make(*ret);
	if (reader_u8(&r) != ENCODED_HEADER)
		return ret->n > 0;
	if (!read_streams(a, &r, &s) || s.folders.n != 1 || s.packs.n != 1)
		return false;
	if (d && !decrypt_folders(d, bytes, &s, &pack))
		return false;
	if (!d)
		pack = next_pack(bytes, &s.at, s.packs.v[0]);
	return unpack_header(a, &s.folders.v[0], pack, ret) &&
	       crc_fits(*ret, s.folders.v[0].has_crc, s.folders.v[0].crc);
}

static void skip_properties(struct reader *r)
{
	for (int i = 0; i < PROPERTIES_MAX && reader_u8(r) != END && !r->bad; i++)
		reader_skip(r, read_count(r, SEVENZIP_HEADER_MAX));
}

static bool read_main_streams(struct arena *a, str header, struct sevenzip_streams *s)
{
	struct reader r = reader_make(header);
	uint8_t mark;

	if (reader_u8(&r) != HEADER)
		return false;
	mark = reader_u8(&r);
	if (mark == ARCHIVE_PROPERTIES) {
		skip_properties(&r);
		mark = reader_u8(&r);
	}
	return mark == MAIN_STREAMS && read_streams(a, &r, s);
}

bool sevenzip_is_encrypted(struct arena *a, str bytes)
{
	struct sevenzip_streams s;
	struct reader r = reader_make(outer_header(bytes));
	str header;

	if (reader_u8(&r) == ENCODED_HEADER && read_streams(a, &r, &s) && has_aes(&s))
		return true;
	return read_header(a, bytes, NULL, &header) && read_main_streams(a, header, &s) &&
	       has_aes(&s);
}

static void put_folder(struct strbuf *b, const struct sevenzip_folder *f)
{
	put_number(b, f->coders_n);
	for (uint32_t i = 0; i < f->coders_n; i++) {
		const struct sevenzip_coder *c = &f->coders[i];

		strbuf_char(b, (char)(c->id.n | (c->complex ? 0x10 : 0) |
				      (c->properties.n ? 0x20 : 0)));
		strbuf_put(b, c->id);
		if (c->complex) {
			put_number(b, c->in_n);
			put_number(b, c->out_n);
		}
		if (c->properties.n) {
			put_number(b, c->properties.n);
			strbuf_put(b, c->properties);
		}
	}
	for (uint32_t i = 0; i < f->binds_n; i++) {
		put_number(b, f->binds[i].in);
		put_number(b, f->binds[i].out);
	}
	for (uint32_t i = 0; f->packed_n > 1 && i < f->packed_n; i++)
		put_number(b, f->packed[i]);
}

static void put_folders(struct strbuf *b, const struct sevenzip_streams *s)
{
	strbuf_char(b, UNPACK_INFO);
	strbuf_char(b, FOLDER);
	put_number(b, s->folders.n);
	strbuf_char(b, 0);
	for (size_t i = 0; i < s->folders.n; i++)
		put_folder(b, &s->folders.v[i]);
	strbuf_char(b, UNPACK_SIZES);
	for (size_t i = 0; i < s->folders.n; i++) {
		for (uint32_t k = 0; k < s->folders.v[i].out_n; k++)
			put_number(b, s->folders.v[i].sizes[k]);
	}
	strbuf_char(b, CRC);
	strbuf_char(b, 0); /* not all are defined */
	for (size_t i = 0; i < s->folders.n; i += 8) {
		uint8_t bits = 0;

		for (size_t k = i; k < i + 8 && k < s->folders.n; k++)
			bits |= (uint8_t)(s->folders.v[k].has_crc ? 0x80 >> (k - i) : 0);
		strbuf_char(b, (char)bits);
	}
	for (size_t i = 0; i < s->folders.n; i++) {
		if (s->folders.v[i].has_crc)
			put_fixed(b, s->folders.v[i].crc, 4);
	}
	strbuf_char(b, END);
}

static str new_header(struct arena *a, const struct sevenzip_streams *s, const str *packs)
{
	struct strbuf b = strbuf_make(a, SEVENZIP_HEADER_MAX * 2);

	strbuf_char(&b, HEADER);
	strbuf_char(&b, MAIN_STREAMS);
	strbuf_char(&b, PACK_INFO);
	put_number(&b, 0);
	put_number(&b, s->packs.n);
	strbuf_char(&b, SIZE);
	for (size_t i = 0; i < s->packs.n; i++)
		put_number(&b, packs[i].n);
	strbuf_char(&b, END);
	put_folders(&b, s);
	strbuf_put(&b, s->rest);
	return strbuf_str(&b);
}

static str new_archive(struct arena *a, str header, const str *packs, size_t n, size_t max)
{
	struct strbuf b = strbuf_make(a, SIGNATURE_HEADER + max + header.n);
	struct strbuf start = strbuf_make(a, SIGNATURE_HEADER);
	size_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += packs[i].n;
	put_fixed(&start, size, 8);
	put_fixed(&start, header.n, 8);
	put_fixed(&start, crc32_z(0, (const Bytef *)header.p, header.n), 4);
	strbuf_put(&b, STR("7z\xbc\xaf\x27\x1c\0\4"));
	put_fixed(&b, crc32_z(0, (const Bytef *)start.p, start.n), 4);
	strbuf_put(&b, strbuf_str(&start));
	for (size_t i = 0; i < n; i++)
		strbuf_put(&b, packs[i]);
	strbuf_put(&b, header);
	return strbuf_str(&b);
}

bool sevenzip_decrypt(struct arena *a, str bytes, str password, uint64_t *effort, str *ret)
{
	struct decryption d = { .arena = a,
				.key = sevenzipkey_make(a, password),
				.effort = effort };
	struct sevenzip_streams s;
	str header, *packs;

	if (!read_header(a, bytes, &d, &header) || !read_main_streams(a, header, &s))
		return false;
	packs = arena_array(a, str, s.packs.n + 1);
	if (!decrypt_folders(&d, bytes, &s, packs))
		return false;
	*ret = new_archive(a, new_header(a, &s, packs), packs, s.packs.n, bytes.n);
	return true;
}
