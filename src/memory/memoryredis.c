#include "memory/memoryredis.h"

#include "memory/memoryrow.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/random.h>

enum { BUDGET = 64 << 10, PREFIX = 10, KEY_BYTES = PREFIX + 16 };

static const char prefix[PREFIX + 1] = "poterne:m:";

struct memoryredis {
	struct arena *arena;
	struct memoryredis_spec spec;
	pthread_mutex_t lock;  /* of what follows */
	redisContext *context; /* NULL: not connected */
	uint8_t secret[MEMORY_SECRET];
	struct why trouble; /* of the connection that was lost */
	deadline retry_at;
	enum memoryredis_news said; /* last: SAME at first */
};

struct rediskey {
	char bytes[KEY_BYTES];
};

/* Under the lock: the secret comes with the connection. */
static void make_keys(const struct memoryredis *r, const struct memory_name *names, size_t n,
		      struct rediskey *ret)
{
	struct memory_key keys[MEMORY_MAX_NAMES];

	memory_keys(r->secret, names, n, keys);
	for (size_t i = 0; i < n; i++) {
		memcpy(ret[i].bytes, prefix, PREFIX);
		memcpy(ret[i].bytes + PREFIX, keys[i].bytes, sizeof(keys[i].bytes));
	}
}

/* Under the lock. Whatever is wrong with a connection, it is not used again. said: what the server
 * answered instead. */
static int drop(struct memoryredis *r, const char *what, str said)
{
	if (r->context && r->context->errstr[0])
		said = str_c(r->context->errstr);
	(void)why_set(&r->trouble, -EIO, "%s: %.*s", what,
		      STR_ARG(said.n ? said : STR("an answer that makes no sense")));
	if (r->context)
		redisFree(r->context);
	r->context = NULL;
	r->retry_at = deadline_in(MEMORYREDIS_RETRY_MS);
	return -EIO;
}

/* --- asking, under the lock */

static str text_of(const redisReply *x)
{
	bool is = x && (x->type == REDIS_REPLY_STRING || x->type == REDIS_REPLY_STATUS ||
			x->type == REDIS_REPLY_ERROR);

	return is ? str_of(x->str, (size_t)x->len) : STR("");
}

static int get_rows(struct memoryredis *r, const struct memory_name *names, size_t n,
		    struct rediskey *keys, struct memory_row *ret)
{
	const char *words[1 + MEMORY_MAX_NAMES] = { "MGET" };
	size_t lengths[1 + MEMORY_MAX_NAMES] = { 4 };
	redisReply *answer;
	bool good;

	make_keys(r, names, n, keys);
	for (size_t i = 0; i < n; i++) {
		words[1 + i] = keys[i].bytes;
		lengths[1 + i] = KEY_BYTES;
	}
	answer = redisCommandArgv(r->context, (int)n + 1, words, lengths);
	good = answer && answer->type == REDIS_REPLY_ARRAY && answer->elements == n;
	if (!good)
		(void)drop(r, "MGET", text_of(answer));
	for (size_t i = 0; good && i < n; i++) {
		if (!memoryrow_unpack(text_of(answer->element[i]), &ret[i]))
			ret[i] = (struct memory_row){ 0 };
	}
	freeReplyObject(answer);
	return good ? 0 : -EIO;
}

/* Its answer is waited for with those of the others. */
static void send_row(struct memoryredis *r, const struct rediskey *key,
		     const struct memory_row *row, int64_t keep_s)
{
	uint8_t value[MEMORYROW_BYTES];
	char seconds[24];
	const char *put[] = { "SET", key->bytes, (const char *)value, "EX", seconds };
	const char *del[] = { "DEL", key->bytes };
	size_t lengths[] = { 3, KEY_BYTES, MEMORYROW_BYTES, 2, 0 };

	snprintf(seconds, sizeof(seconds), "%lld", (long long)keep_s);
	lengths[4] = strlen(seconds);
	memoryrow_pack(row, value);
	if (row->last_seen)
		(void)redisAppendCommandArgv(r->context, 5, put, lengths);
	else
		(void)redisAppendCommandArgv(r->context, 2, del, lengths);
}

static int take_answers(struct memoryredis *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		void *answer = NULL;
		bool good = redisGetReply(r->context, &answer) == REDIS_OK &&
			    ((redisReply *)answer)->type != REDIS_REPLY_ERROR;

		freeReplyObject(answer);
		if (!good)
			return drop(r, "SET", STR(""));
	}
	return 0;
}

static int recall(void *ctx, struct arena *a, const struct memory_name *names, size_t n,
		  int64_t now, deadline d, struct memory_fact *ret, struct why *why)
{
	struct memoryredis *r = ctx;
	const struct memory *below = &r->spec.below;
	struct memory_row rows[MEMORY_MAX_NAMES];
	struct rediskey keys[MEMORY_MAX_NAMES];
	int status = -EIO;

	pthread_mutex_lock(&r->lock);
	if (r->context)
		status = get_rows(r, names, n, keys, rows);
	pthread_mutex_unlock(&r->lock);
	if (status < 0)
		return below->recall(below->ctx, a, names, n, now, d, ret, why);
	for (size_t i = 0; i < n; i++)
		ret[i] = memory_read(&r->spec.limits, names[i].kind, &rows[i], now);
	return 0;
}

static int note(void *ctx, const struct memory_change *changes, size_t n, int64_t now,
		struct why *why)
{
	struct memoryredis *r = ctx;
	const struct memory *below = &r->spec.below;
	const struct memory_limits *l = &r->spec.limits;
	struct memory_row rows[MEMORY_MAX_NAMES];
	struct memory_name names[MEMORY_MAX_NAMES] = { 0 };
	struct rediskey keys[MEMORY_MAX_NAMES];

	for (size_t i = 0; i < n; i++)
		names[i] = changes[i].name;
	pthread_mutex_lock(&r->lock);
	if (r->context && get_rows(r, names, n, keys, rows) == 0) {
		for (size_t i = 0; i < n; i++) {
			rows[i] = memory_changed(l, &rows[i], &changes[i], now);
			send_row(r, &keys[i], &rows[i], l->keep_s[changes[i].name.kind]);
		}
		(void)take_answers(r, n); /* a lost connection is told by memoryredis_tend */
	}
	pthread_mutex_unlock(&r->lock);
	return below->note(below->ctx, changes, n, now, why);
}

struct memory memoryredis_memory(struct memoryredis *r)
{
	return (struct memory){ recall, note, r };
}

/* --- the connection, under the lock */

static int greet(struct memoryredis *r)
{
	const struct memoryredis_spec *s = &r->spec;
	redisReply *answer;
	bool good;

	if (!s->password.n)
		return 0;
	if (s->user.n)
		answer = redisCommand(r->context, "AUTH %b %b", s->user.p, s->user.n, s->password.p,
				      s->password.n);
	else
		answer = redisCommand(r->context, "AUTH %b", s->password.p, s->password.n);
	good = answer && answer->type == REDIS_REPLY_STATUS;
	if (!good)
		(void)drop(r, "AUTH", text_of(answer));
	freeReplyObject(answer);
	return good ? 0 : -EIO;
}

/* Made by whoever comes first; all others take it over. */
static int share_secret(struct memoryredis *r)
{
	uint8_t fresh[MEMORY_SECRET];
	redisReply *answer;
	str text;
	bool good;

	bug_if(getrandom(fresh, sizeof(fresh), 0) != sizeof(fresh));
	freeReplyObject(redisCommand(r->context, "SET poterne:secret %b NX", fresh, sizeof(fresh)));
	if (r->context->err)
		return drop(r, "SET poterne:secret", STR(""));
	answer = redisCommand(r->context, "GET poterne:secret");
	text = text_of(answer);
	good = answer && answer->type == REDIS_REPLY_STRING && text.n == MEMORY_SECRET;
	if (good)
		memcpy(r->secret, text.p, MEMORY_SECRET);
	freeReplyObject(answer);
	return good ? 0 : drop(r, "GET poterne:secret", STR(""));
}

static int connect_now(struct memoryredis *r)
{
	const struct timeval patience = { .tv_usec = MEMORY_MS * 1000 };

	r->context = redisConnectWithTimeout(r->spec.address, r->spec.port, patience);
	if (!r->context || r->context->err)
		return drop(r, "connect", STR(""));
	if (redisSetTimeout(r->context, patience) != REDIS_OK)
		return drop(r, "timeout", STR(""));
	if (greet(r) < 0)
		return -EIO;
	return share_secret(r);
}

enum memoryredis_news memoryredis_tend(struct memoryredis *r, struct why *why)
{
	enum memoryredis_news now, before;

	pthread_mutex_lock(&r->lock);
	if (!r->context && clock_left(r->retry_at) == 0)
		defs_ignore(connect_now(r)); /* what is wrong is in trouble */
	now = r->context ? MEMORYREDIS_UP : MEMORYREDIS_LOST;
	before = r->said;
	r->said = now;
	*why = r->trouble;
	pthread_mutex_unlock(&r->lock);
	return now == before ? MEMORYREDIS_SAME : now;
}

bool memoryredis_connected(struct memoryredis *r)
{
	bool is;

	pthread_mutex_lock(&r->lock);
	is = r->context != NULL;
	pthread_mutex_unlock(&r->lock);
	return is;
}

bool memoryredis_credentials(str line, str *ret_user, str *ret_password)
{
	size_t space;

	line = str_trim(line);
	space = str_chr(line, ' ');
	*ret_user = space == STR_NONE ? STR("") : str_sub(line, 0, space);
	*ret_password = space == STR_NONE ? line : str_trim(str_skip(line, space));
	return ret_password->n > 0 && str_chr(line, '\n') == STR_NONE;
}

struct memoryredis *memoryredis_new(const struct memoryredis_spec *spec)
{
	struct arena *a = arena_new("shared memory", BUDGET);
	struct memoryredis *r = arena_make(a, struct memoryredis);

	*r = (struct memoryredis){ .arena = a, .spec = *spec };
	r->spec.address = arena_cz(a, str_c(spec->address));
	r->spec.user = arena_str(a, spec->user);
	r->spec.password = arena_str(a, spec->password);
	pthread_mutex_init(&r->lock, NULL);
	return r;
}

void memoryredis_free(struct memoryredis *r)
{
	if (r->context)
		redisFree(r->context);
	pthread_mutex_destroy(&r->lock);
	arena_free(r->arena);
}
