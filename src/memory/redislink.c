#include "memory/redislink.h"

#include "base/arena.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <unistd.h>

#if HIREDIS_MAJOR < 1
typedef int elements;
#else
typedef size_t elements;
#endif

enum { BUDGET = 64 << 10, PIECE = 16 << 10 };

struct redislink {
	struct arena *arena;
	redisContext *context;
	redisReply *answer; /* the last one */
	redisReplyObjectFunctions functions;
};

/* The library makes room for as many elements as it is told of, before there is one; we ask for
 * none. */
static void *refuse_array(const redisReadTask *task unused_arg, elements n unused_arg)
{
	return NULL;
}

static void refuse_arrays(struct redislink *l)
{
	redisReader *r = l->context->reader;

	l->functions = *r->fn;
	l->functions.createArray = refuse_array;
	r->fn = &l->functions;
}

/* Of the next read or write. The kernel takes 0 for ever. */
static int set_patience(struct redislink *l, deadline d, struct why *why)
{
	int left = clock_left(d);
	struct timeval patience = { left / 1000, left % 1000 * 1000 };

	if (left == 0)
		return why_set(why, -ETIMEDOUT, "no answer in time");
	if (redisSetTimeout(l->context, patience) != REDIS_OK)
		return why_set(why, -EIO, "%s", l->context->errstr);
	return 0;
}

static int send_all(struct redislink *l, deadline d, struct why *why)
{
	for (int done = 0; !done;) {
		int r = set_patience(l, d, why);

		if (r < 0)
			return r;
		if (redisBufferWrite(l->context, &done) != REDIS_OK)
			return why_set(why, -EIO, "%s", l->context->errstr);
	}
	return 0;
}

static int receive_some(struct redislink *l, deadline d, size_t *total, struct why *why)
{
	char piece[PIECE];
	int r = set_patience(l, d, why);
	ssize_t n;

	if (r < 0)
		return r;
	n = read(l->context->fd, piece, sizeof(piece));
	if (n == 0)
		return why_set(why, -EPIPE, "the server has closed the connection");
	if (n < 0 && errno == EAGAIN)
		return why_set(why, -ETIMEDOUT, "no answer in time");
	if (n < 0)
		return why_set(why, -errno, "%m");
	*total += (size_t)n;
	if (*total > REDISLINK_BYTES)
		return why_set(why, -EMSGSIZE, "an answer of more than %d bytes", REDISLINK_BYTES);
	if (redisReaderFeed(l->context->reader, piece, (size_t)n) != REDIS_OK)
		return why_set(why, -EIO, "%s", l->context->reader->errstr);
	return 0;
}

static int next_answer(struct redislink *l, deadline d, struct why *why)
{
	size_t total = 0;
	int r = send_all(l, d, why);

	freeReplyObject(l->answer);
	l->answer = NULL;
	while (r == 0) {
		void *answer = NULL;

		if (redisReaderGetReply(l->context->reader, &answer) != REDIS_OK)
			return why_set(why, -EPROTO, "%s", l->context->reader->errstr);
		l->answer = answer;
		if (answer)
			return 0;
		r = receive_some(l, d, &total, why);
	}
	return r;
}

static str said(const struct redislink *l)
{
	return str_of(l->answer->str, (size_t)l->answer->len);
}

int redislink_done(struct redislink *l, deadline d, struct why *why)
{
	int r = next_answer(l, d, why);

	if (r < 0 || l->answer->type != REDIS_REPLY_ERROR)
		return r;
	return why_set(why, -EACCES, "%.*s", STR_ARG(said(l)));
}

int redislink_text(struct redislink *l, deadline d, str *ret, struct why *why)
{
	int r = redislink_done(l, d, why);

	*ret = STR_NULL;
	if (r == -EACCES && str_starts(said(l), STR("WRONGTYPE")))
		return 0;
	if (r == 0 && l->answer->type == REDIS_REPLY_STRING)
		*ret = said(l);
	else if (r == 0)
		r = why_set(why, -EPROTO, "an answer that makes no sense");
	return r;
}

void redislink_ask(struct redislink *l, const str *words, size_t n)
{
	const char *v[REDISLINK_WORDS];
	size_t lengths[REDISLINK_WORDS];

	bug_if(n > ARRAY_LEN(v));
	for (size_t i = 0; i < n; i++) {
		v[i] = words[i].p;
		lengths[i] = words[i].n;
	}
	bug_if(redisAppendCommandArgv(l->context, (int)n, v, lengths) != REDIS_OK);
}

static int greet(struct redislink *l, const struct redislink_server *s, deadline d, struct why *why)
{
	str words[] = { STR("AUTH"), s->user, s->password };
	int r;

	if (!s->password.n)
		return 0;
	if (!s->user.n)
		words[1] = s->password;
	redislink_ask(l, words, s->user.n ? 3 : 2);
	r = redislink_done(l, d, why);
	/* Who does not know the word repeats what came with it, and this will be logged. */
	if (r < 0 && l->answer && str_find(said(l), s->password) != STR_NONE)
		r = why_set(why, r, "refused, in words that hold the password");
	return r < 0 ? why_prefix(why, r, "AUTH") : 0;
}

static int connect_now(struct redislink *l, const struct redislink_server *s, deadline d,
		       struct why *why)
{
	int left = clock_left(d);
	struct timeval patience = { left / 1000, left % 1000 * 1000 };

	l->context = redisConnectWithTimeout(s->address, s->port, patience);
	if (!l->context || l->context->err)
		return why_set(why, -EIO, "connect: %s",
			       l->context ? l->context->errstr : "no memory");
	refuse_arrays(l);
	return greet(l, s, d, why);
}

int redislink_open(const struct redislink_server *s, deadline d, struct redislink **ret,
		   struct why *why)
{
	struct arena *a = arena_new("redis", BUDGET);
	struct redislink *l = arena_make(a, struct redislink);
	int r;

	l->arena = a;
	r = connect_now(l, s, d, why);
	*ret = r < 0 ? redislink_close(l) : l;
	return r;
}

struct redislink *redislink_close(struct redislink *l)
{
	if (!l)
		return NULL;
	freeReplyObject(l->answer);
	if (l->context)
		redisFree(l->context);
	arena_free(l->arena);
	return NULL;
}
