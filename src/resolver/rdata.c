#include "resolver/rdata.h"

#include "base/reader.h"
#include "base/strbuf.h"
#include "dns/dnscodec.h"
#include "dns/dnsname.h"

/* One or more character-strings, joined (RFC 1035 3.3.14, RFC 7208 3.3). */
static bool read_txt(struct arena *a, str rdata, str *ret)
{
	struct strbuf b = strbuf_make(a, DNS_MAX_RDATA);
	struct reader r = reader_make(rdata);

	while (reader_left(&r))
		strbuf_put(&b, reader_bytes(&r, reader_u8(&r)));
	*ret = b.n ? strbuf_str(&b) : STR("");
	return !r.bad && !b.overflow;
}

bool rdata_read(struct arena *a, enum dns_type type, str rdata, struct dns_record *ret)
{
	struct dns_record record = { 0 };
	struct reader r = reader_make(rdata);
	bool good;

	switch (type) {
	case DNS_MX:
		record.pref = reader_u16be(&r);
		good = !r.bad && dnsname_from_wire(a, str_skip(rdata, r.at), &record.value);
		break;
	case DNS_CNAME:
	case DNS_PTR:
		good = dnsname_from_wire(a, rdata, &record.value);
		break;
	case DNS_TXT:
		good = read_txt(a, rdata, &record.value);
		break;
	default:
		record.value = rdata;
		good = true;
	}
	if (!good || !dnscodec_record_fits(type, record.value))
		return false;
	*ret = record;
	return true;
}
