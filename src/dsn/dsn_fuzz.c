/* A notification about anything: it fits, is 7-bit in lines of at most 998 characters but for
 * To:, and nobody's text begins a field of the part for programs. The input is cut at each
 * 0x01 into address, ORCPT, reply, remote, ENVID, sender and original; its first byte chooses. */
#include "dsn/dsn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_lines(str rest)
{
	bool in_status = false;
	size_t recipients = 0;
	str line;

	while (str_split(&rest, '\n', &line)) {
		bug_if(line.n && line.p[line.n - 1] != '\r');
		bug_if(line.n > 999 && !str_starts(line, STR("To: ")));
		for (size_t i = 0; i + 1 < line.n && !str_starts(line, STR("To: ")); i++)
			bug_if((unsigned char)line.p[i] > 126 ||
			       ((unsigned char)line.p[i] < ' ' && line.p[i] != '\t'));
		in_status |= str_starts(line, STR("Reporting-MTA: "));
		recipients += in_status && str_starts(line, STR("Final-Recipient: "));
	}
	bug_if(recipients != 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	struct strbuf out = strbuf_make(a, DSN_MAX);
	str rest = str_of(data, size), v[7] = { { 0 } };
	struct dsn_recipient one;
	struct dsn_report r;
	unsigned flags = size ? data[0] : 0;

	rest = str_skip(rest, 1);
	for (size_t i = 0; i < 6; i++) {
		if (str_split(&rest, 1, &v[i]))
			v[i] = str_sub(v[i], 0, 512);
	}
	v[6] = rest;
	one = (struct dsn_recipient){ .address = v[0],
				      .orcpt = v[1],
				      .diagnostic = v[2],
				      .remote = v[3],
				      .expired = flags & 4 };
	r = (struct dsn_report){ .action = flags & 3,
				 .french = flags & 8,
				 .hostname = STR("mx.hopital.example"),
				 .id = STR("01fuzz-f0"),
				 .now = 1795300000,
				 .arrived = 1795200000,
				 .retry_until = 1795632000,
				 .to = v[5],
				 .envid = v[4],
				 .recipients = &one,
				 .n = 1,
				 .headers_only = flags & 16 };
	one.status = dsn_status(a, r.action, v[2], one.expired);
	bug_if(one.status.n < 5 || one.status.n > DSN_STATUS_MAX);
	dsn_put(&out, &r);
	bug_if(out.overflow);
	check_lines(strbuf_str(&out));
	strbuf_clear(&out);
	r.original = v[6];
	dsn_put(&out, &r);
	bug_if(out.overflow && v[6].n < DSN_WHOLE_MAX);
	return 0;
}
