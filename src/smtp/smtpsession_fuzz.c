/* A whole session over memory: the replies and the messages do not depend on how the
 * client's bytes are cut, and every reply is a line of SMTP. */
#include "smtp/reply.h"
#include "smtp/smtpsession_fake.h"

enum { INPUT_MAX = 1 << 16 };

static void check_replies(str out)
{
	str line;

	bug_if(out.n && !str_ends(out, STR("\r\n")));
	while (out.n && str_split(&out, '\n', &line)) {
		bug_if(line.n < 5 || line.n >= REPLY_LINE_MAX || line.p[line.n - 1] != '\r');
		bug_if(!str_is_digit(line.p[0]) || !str_is_digit(line.p[1]) ||
		       !str_is_digit(line.p[2]));
		bug_if(line.p[3] != ' ' && line.p[3] != '-');
		bug_if(str_chr(str_sub(line, 0, line.n - 1), '\r') != STR_NONE);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str settings =
		STR("smtp.max_message_bytes=65536\nsmtp.max_recipients=3\nsmtp.max_errors=10\n");
	cleanup(fake_smtp_free) struct fake_smtp *whole = NULL;
	cleanup(fake_smtp_free) struct fake_smtp *cut = NULL;

	if (size > INPUT_MAX)
		size = INPUT_MAX;
	whole = fake_smtp_new(settings);
	cut = fake_smtp_new(settings);
	fake_smtp_run(whole, str_of(data, size), SIZE_MAX);
	fake_smtp_run(cut, str_of(data, size), size ? data[0] % 32 + 1u : 1);
	check_replies(strbuf_str(&whole->output));
	bug_if(!str_eq(strbuf_str(&whole->output), strbuf_str(&cut->output)));
	bug_if(!str_eq(strbuf_str(&whole->envelopes), strbuf_str(&cut->envelopes)));
	bug_if(!str_eq(whole->message, cut->message));
	return 0;
}
