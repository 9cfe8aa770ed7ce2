#include "document/formula.h"

#include "base/reader.h"
#include "document/runs.h"

enum token {
	EXP = 0x01,
	TABLE = 0x02,
	TEXT = 0x17,
	ATTRIBUTE = 0x19,
	/* From here on with a class in bits 5 and 6. */
	FUNCTION = 0x21,
	FUNCTION_VAR = 0x22,
	UNKNOWN_SIZE = 0xff,
	ATTRIBUTE_CHOOSE = 0x04
};

/* Functions by number (2.5.198.17 Ftab; commands of 2.5.198.4 Cetab with bit 15): those
 * that reach out of the sheet. */
static const struct {
	uint16_t number;
	const char *name;
} functions[] = {
	{ 53, "GOTO" },		  { 54, "HALT" },	 { 110, "EXEC" },
	{ 111, "CHAR" },	  { 132, "FOPEN" },	 { 136, "FREAD" },
	{ 137, "FWRITELN" },	  { 138, "FWRITE" },	 { 149, "REGISTER" },
	{ 150, "CALL" },	  { 166, "FILES" },	 { 175, "INITIATE" },
	{ 177, "POKE" },	  { 178, "EXECUTE" },	 { 186, "GET.WORKSPACE" },
	{ 236, "CREATE.OBJECT" }, { 257, "EVALUATE" },	 { 267, "REGISTER.ID" },
	{ 0x8011, "RUN" },	  { 0x8060, "FORMULA" }, { 0x8076, "ALERT" },
};

/* Bytes behind the token for BIFF 5, BIFF 8 and BIFF 12, tokens 0x18 to 0x3d. */
static const uint8_t sizes[][3] = {
	[0x18] = { UNKNOWN_SIZE, 5, UNKNOWN_SIZE },
	[0x1a] = { 10, UNKNOWN_SIZE, UNKNOWN_SIZE },
	[0x1b] = { 4, UNKNOWN_SIZE, UNKNOWN_SIZE },
	[0x1c] = { 1, 1, 1 },
	[0x1d] = { 1, 1, 1 },
	[0x1e] = { 2, 2, 2 },
	[0x1f] = { 8, 8, 8 },
	[0x20] = { 7, 7, 14 },
	[0x23] = { 14, 4, 4 },
	[0x24] = { 3, 4, 6 },
	[0x25] = { 6, 8, 12 },
	[0x26] = { 6, 6, 6 },
	[0x27] = { 6, 6, 6 },
	[0x28] = { 6, 6, 6 },
	[0x29] = { 2, 2, 2 },
	[0x2a] = { 3, 4, 6 },
	[0x2b] = { 6, 8, 12 },
	[0x2c] = { 3, 4, 6 },
	[0x2d] = { 6, 8, 12 },
	[0x2e] = { 2, 2, 2 },
	[0x2f] = { 2, 2, 2 },
	[0x39] = { 24, 6, 6 },
	[0x3a] = { 17, 6, 8 },
	[0x3b] = { 20, 10, 14 },
	[0x3c] = { 17, 6, 8 },
	[0x3d] = { 20, 10, 14 },
};

static void put_function(struct strbuf *out, uint32_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
		if (functions[i].number == number) {
			strbuf_put(out, str_c(functions[i].name));
			strbuf_char(out, ' ');
			return;
		}
	}
	strbuf_fmt(out, "F%u ", number);
}

static void put_text(struct strbuf *out, struct reader *r, uint32_t version)
{
	size_t n = version == FORMULA_BIFF12 ? reader_u16le(r) : reader_u8(r);
	bool wide = version == FORMULA_BIFF12;
	str bytes;

	if (version == 8)
		wide = reader_u8(r) & 1;
	bytes = reader_bytes(r, wide ? 2 * n : n);
	strbuf_char(out, '"');
	strbuf_put(out, runs_text(out->arena, bytes, wide));
	strbuf_put(out, STR("\" "));
}

static void attribute(struct reader *r)
{
	uint32_t kind = reader_u8(r), n = reader_u16le(r);

	if (kind & ATTRIBUTE_CHOOSE)
		reader_skip(r, 2 * ((size_t)n + 1));
}

/* One operand; false when nothing behind it can be read. */
static bool operand(struct strbuf *out, struct reader *r, uint32_t token, uint32_t version)
{
	uint32_t column = version < 8 ? 0 : version == 8 ? 1 : 2;

	if (token == FUNCTION || token == FUNCTION_VAR) {
		if (token == FUNCTION_VAR)
			reader_skip(r, 1);
		put_function(out, version < 4 ? reader_u8(r) : reader_u16le(r));
		return !r->bad;
	}
	if (token >= ARRAY_LEN(sizes) || sizes[token][column] == 0 ||
	    sizes[token][column] == UNKNOWN_SIZE)
		return false;
	reader_skip(r, sizes[token][column]);
	return !r->bad;
}

void formula_words(struct strbuf *out, str tokens, uint32_t version)
{
	struct reader r = reader_make(tokens);
	bool more = true;

	while (more && reader_left(&r)) {
		uint32_t token = reader_u8(&r);

		if (token == EXP || token == TABLE)
			reader_skip(&r, 4);
		else if (token < TEXT)
			continue;
		else if (token == TEXT)
			put_text(out, &r, version);
		else if (token == ATTRIBUTE)
			attribute(&r);
		else
			more = operand(out, &r, token < 0x20 ? token : (token & 0x1f) | 0x20,
				       version);
	}
}
