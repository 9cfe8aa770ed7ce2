#include "mime/transfer.h"

#include "base/base64.h"
#include "base/qp.h"

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
	}
	got.cut = b.overflow;
	*ret = got;
}
