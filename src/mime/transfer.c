#include "mime/transfer.h"

#include "base/base64.h"
#include "base/qp.h"
#include "mime/uucode.h"

void transfer_decode(struct arena *a, enum content_encoding encoding, str body, size_t max,
		     struct transfer *ret)
{
	struct strbuf b = strbuf_make(a, max);
	struct transfer got = { .bytes = body };
	struct base64_seen seen;

	switch (encoding) {
	case CONTENT_IDENTITY:
	case CONTENT_UNKNOWN:
		break;
	case CONTENT_BASE64:
		base64_decode_lenient(&b, body, &seen);
		got.bytes = strbuf_str(&b);
		got.bad_base64 = seen.foreign || seen.data_after_pad || seen.truncated;
		break;
	case CONTENT_QP:
		got.bad_qp = qp_decode(&b, body) > 0;
		got.bytes = strbuf_str(&b);
		break;
	case CONTENT_UUENCODE:
		(void)uucode_decode(&b, body);
		got.bytes = strbuf_str(&b);
		break;
	}
	got.cut = b.overflow;
	*ret = got;
}

/* What readers were seen to do with "=" inside, with foreign bytes and with odd lines. */
static const struct base64_way base64_ways[] = {
	{ BASE64_PAD_PLACE, BASE64_FOREIGN_SKIP, false, false },
	{ BASE64_PAD_ZERO, BASE64_FOREIGN_SKIP, false, false },
	{ BASE64_PAD_SKIP, BASE64_FOREIGN_SKIP, false, false },
	{ BASE64_PAD_STOP, BASE64_FOREIGN_SKIP, false, false },
	{ BASE64_PAD_STOP, BASE64_FOREIGN_STOP, false, false },
	{ BASE64_PAD_PLACE, BASE64_FOREIGN_LINE, false, false },
	{ BASE64_PAD_PLACE, BASE64_FOREIGN_LINE, true, false },
	{ BASE64_PAD_PLACE, BASE64_FOREIGN_SKIP, false, true },
};

/* What they do with a malformed escape. Line ends are those of the system. */
static const struct qp_way qp_ways[] = {
	{ 0, false, true }, { 1, false, true }, { 2, false, true }, { 3, false, true },
	{ 1, true, true },  { 2, true, true },	{ 3, true, true },
};

static str with_lf(struct arena *a, str body, size_t max)
{
	struct strbuf b = strbuf_make(a, max);

	for (;;) {
		size_t crlf = str_find(body, STR("\r\n"));

		strbuf_put(&b, str_sub(body, 0, crlf));
		if (crlf == STR_NONE)
			return strbuf_str(&b);
		body = str_skip(body, crlf + 1);
	}
}

bool transfer_reading(struct arena *a, enum content_encoding encoding, unsigned number, str body,
		      size_t max, str *ret)
{
	struct strbuf b = strbuf_make(a, max);

	if (encoding == CONTENT_BASE64 && number < ARRAY_LEN(base64_ways)) {
		base64_decode_way(&b, body, base64_ways[number]);
	} else if (encoding == CONTENT_QP && number < ARRAY_LEN(qp_ways)) {
		(void)qp_decode_way(&b, body, qp_ways[number]);
	} else if (encoding == CONTENT_IDENTITY && number == 0) {
		*ret = with_lf(a, body, max);
		return true;
	} else {
		return false;
	}
	*ret = strbuf_str(&b);
	return true;
}
