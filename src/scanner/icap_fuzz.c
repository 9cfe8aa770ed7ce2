#include "scanner/icap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
	str left;
};

static ssize_t give(void *ctx, int fd, char *p, size_t n, short *want)
{
	struct bytes *b = ctx;
	str part = str_sub(b->left, 0, n);

	(void)fd;
	*want = 0;
	if (part.n)
		memcpy(p, part.p, part.n);
	b->left = str_skip(b->left, part.n);
	return (ssize_t)part.n;
}

static ssize_t take(void *ctx, int fd, const char *p, size_t n, short *want)
{
	(void)ctx, (void)fd, (void)p, (void)n, (void)want;
	return 0;
}

static size_t pending(void *ctx)
{
	(void)ctx;
	return 0;
}

/* Nobody says "clean" who has not said 204, nor who has no antivirus. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct stream_ops ops = { give, take, pending };
	struct arena *a = arena_new("fuzz", 1 << 20);
	struct bytes bytes = { str_of(data, size) };
	struct stream s = { .fd = -1, .ops = &ops, .ctx = &bytes };
	char in[ICAP_LINE_MAX], out[16];
	struct scanner_answer answer = { 0 };
	const struct icap_asked asked = { STR("as"), STR("ked") };
	struct why why;
	int r;

	stream_lend(&s, in, sizeof(in), out, sizeof(out));
	r = icap_read(&s, a, size % 2 ? &asked : NULL, deadline_in(1000), &answer, &why);
	bug_if(r > 0);
	if (r == 0 && answer.words.n == 0)
		bug_if(str_find(str_of(data, size), STR(" 204")) == STR_NONE);
	for (size_t i = 0; i < answer.words.n; i++)
		bug_if(!scanner_is_word(answer.words.v[i].word));
	stream_take_back(&s);
	arena_free(a);
	return 0;
}
