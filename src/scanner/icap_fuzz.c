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

/* Nobody says "clean" who has not said 204, or 200 with what was asked about. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct stream_ops ops = { give, take, pending };
	struct arena *a = arena_new("fuzz", 1 << 20);
	struct bytes bytes = { str_of(data, size) };
	struct stream s = { .fd = -1, .ops = &ops, .ctx = &bytes };
	char in[ICAP_LINE_MAX], out[16];
	struct scanner_answer answer = { 0 };
	struct why why;
	int r;

	stream_lend(&s, in, sizeof(in), out, sizeof(out));
	r = icap_read(&s, a, STR("asked"), deadline_in(1000), &answer, &why);
	bug_if(r > 0);
	if (r == 0 && answer.words.n == 0)
		bug_if(str_find(str_of(data, size), STR(" 204")) == STR_NONE &&
		       str_find(str_of(data, size), STR(" 200")) == STR_NONE);
	if (r == 0 && answer.words.n == 0 &&
	    str_find(str_of(data, size), STR(" 204")) == STR_NONE) {
		static const char asked[] = "asked";
		str rest = str_of(data, size);

		/* Its bytes came back, in that order. */
		for (size_t i = 0; asked[i]; i++) {
			bug_if(str_chr(rest, asked[i]) == STR_NONE);
			rest = str_skip(rest, str_chr(rest, asked[i]) + 1);
		}
	}
	for (size_t i = 0; i < answer.words.n; i++)
		bug_if(!scanner_is_word(answer.words.v[i].word));
	stream_take_back(&s);
	arena_free(a);
	return 0;
}
