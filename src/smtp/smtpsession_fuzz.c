/* A whole session over memory: the replies and the messages do not depend on how the
 * client's bytes are cut, but for whether it is noticed that it did not wait; and every reply
 * is a line of SMTP. */
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

/* The replies up to the end for a client that did not wait. */
static str until_hurry(str out, bool *ret_hurried)
{
	size_t at = str_find(out, STR("554 5.5.0 "));

	*ret_hurried |= at != STR_NONE;
	return str_sub(out, 0, at);
}

static void check_same(const struct fake_smtp *a, const struct fake_smtp *b)
{
	bool hurried = false;
	str out_a = until_hurry(strbuf_str(&a->output), &hurried);
	str out_b = until_hurry(strbuf_str(&b->output), &hurried);

	bug_if(!str_starts(out_a, out_b) && !str_starts(out_b, out_a));
	if (hurried)
		return;
	bug_if(out_a.n != out_b.n);
	bug_if(!str_eq(strbuf_str(&a->envelopes), strbuf_str(&b->envelopes)));
	bug_if(!str_eq(a->message, b->message));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str settings =
		STR("smtp.max_message_bytes=65536\nsmtp.max_recipients=3\nsmtp.max_errors=10\n"
		    "listen.smtp=127.0.0.1:25 xclient\n");
	cleanup(fake_smtp_free) struct fake_smtp *whole = NULL;
	cleanup(fake_smtp_free) struct fake_smtp *cut = NULL;
	cleanup(fake_smtp_free) struct fake_smtp *rude = NULL;

	if (size > INPUT_MAX)
		size = INPUT_MAX;
	whole = fake_smtp_new(settings);
	cut = fake_smtp_new(settings);
	rude = fake_smtp_new(settings);
	fake_smtp_run(whole, str_of(data, size), SIZE_MAX);
	fake_smtp_run(cut, str_of(data, size), size ? data[0] % 32 + 1u : 1);
	check_replies(strbuf_str(&whole->output));
	check_same(whole, cut);
	rude->rude = true;
	fake_smtp_run(rude, str_of(data, size), SIZE_MAX);
	check_replies(strbuf_str(&rude->output));
	return 0;
}
