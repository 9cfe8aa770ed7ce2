#include "memory/memoryredis.h"

#include "memory/memoryowed.h"
#include "memory/memoryrow.h"
#include "memory/memoryseal.h"
#include "memory/redislink.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>

enum { BUDGET = 64 << 10, PREFIX = 10, KEY_BYTES = PREFIX + 16 };
enum { VALUE_BYTES = MEMORYROW_BYTES + MEMORYSEAL_BYTES };
_Static_assert(VALUE_BYTES == 41, "LAST_BYTE");

#define LAST_BYTE "41" /* VALUE_BYTES, counted from 0: one more than a row has */
static const char prefix[PREFIX + 1] = "poterne:m:";

struct memoryredis {
	struct arena *arena;
	struct memoryredis_spec spec;
	pthread_mutex_t lock;	/* of what follows */
	struct redislink *link; /* NULL: not connected */
	struct memoryseal *seal;
	struct memoryowed *owed; /* what the server does not know yet */
	struct why trouble;	 /* of the connection that was lost */
	deadline retry_at;
	enum memoryredis_news said; /* last: SAME at first */
};

struct rediskey {
	char bytes[KEY_BYTES];
};

/* What is known of one name: by the server, and here. */
struct known {
	struct rediskey key;
	struct memoryrow there;	 /* zeroed: nothing */
	struct memory_fact here; /* also what both together say, once joined */
};

/* --- under the lock */

static int lose(struct memoryredis *r, const char *what, const struct why *why)
{
	(void)why_set(&r->trouble, -EIO, "%s: %s", what, why->text);
	r->link = redislink_close(r->link);
	r->retry_at = deadline_in(MEMORYREDIS_RETRY_MS);
	return -EIO;
}

static str key_of(const struct known *k)
{
	return str_of(k->key.bytes, KEY_BYTES);
}

static void make_keys(const struct memoryredis *r, const struct memory_name *names, size_t n,
		      struct known *ret)
{
	struct memory_key keys[MEMORY_MAX_NAMES];

	memory_keys(memoryseal_names(r->seal), names, n, keys);
	for (size_t i = 0; i < n; i++) {
		memcpy(ret[i].key.bytes, prefix, PREFIX);
		memcpy(ret[i].key.bytes + PREFIX, keys[i].bytes, sizeof(keys[i].bytes));
	}
}

/* What none of us wrote is no row, nor what comes from a clock that is wrong: it would outlive all
 * others, or overrule them. */
static void read_row(struct memoryredis *r, str value, int64_t now, struct known *k)
{
	str row = str_sub(value, 0, MEMORYROW_BYTES), seal = str_skip(value, MEMORYROW_BYTES);
	int64_t latest = now + MEMORYREDIS_AHEAD_S;
	struct memoryrow x;

	k->there = (struct memoryrow){ 0 };
	if (value.n == VALUE_BYTES && memoryseal_good(r->seal, key_of(k), row, seal) &&
	    memoryrow_unpack(row, &x) && x.row.last_seen <= latest && x.forgotten <= latest)
		k->there = x;
}

/* Of what is too long for a row only so much is fetched that this shows. */
static int get_rows(struct memoryredis *r, const struct memory_name *names, size_t n, int64_t now,
		    deadline d, struct known *ret)
{
	struct why why;

	make_keys(r, names, n, ret);
	for (size_t i = 0; i < n; i++) {
		str words[] = { STR("GETRANGE"), key_of(&ret[i]), STR("0"), STR(LAST_BYTE) };

		redislink_ask(r->link, words, ARRAY_LEN(words));
	}
	for (size_t i = 0; i < n; i++) {
		str value;

		if (redislink_text(r->link, d, &value, &why) < 0)
			return lose(r, "GETRANGE", &why);
		read_row(r, value, now, &ret[i]);
	}
	return 0;
}

/* Its answer is waited for with those of the others. */
static void send_row(struct memoryredis *r, const struct known *k, const struct memoryrow *row,
		     enum memory_kind kind)
{
	uint8_t value[VALUE_BYTES];
	char seconds[24];
	int n = snprintf(seconds, sizeof(seconds), "%lld", (long long)r->spec.limits.keep_s[kind]);
	str words[] = { STR("SET"), key_of(k), str_of(value, sizeof(value)), STR("EX"),
			str_of(seconds, (size_t)n) };

	memoryrow_pack(row, value);
	memoryseal_make(r->seal, key_of(k), str_of(value, MEMORYROW_BYTES),
			value + MEMORYROW_BYTES);
	redislink_ask(r->link, words, ARRAY_LEN(words));
}

static int take_answers(struct memoryredis *r, size_t n, deadline d)
{
	struct why why;

	for (size_t i = 0; i < n; i++) {
		if (redislink_done(r->link, d, &why) < 0)
			return lose(r, "SET", &why);
	}
	return 0;
}

/* --- what the server knows and what is known here, together */

/* Forgotten since, perhaps elsewhere. */
static bool is_overruled(const struct known *k)
{
	return k->here.last_seen && k->here.last_seen <= k->there.forgotten;
}

static double larger(double a, double b)
{
	return a > b ? a : b;
}

static void join(const struct memory_limits *l, enum memory_kind kind, int64_t now, struct known *k)
{
	struct memory_fact there = memory_read(l, kind, &k->there.row, now), here = k->here;

	if (!here.last_seen || is_overruled(k)) {
		k->here = there;
		return;
	}
	if (!there.last_seen)
		return;
	k->here.good = larger(here.good, there.good);
	k->here.bad = larger(here.bad, there.bad);
	if (there.first_seen < here.first_seen)
		k->here.first_seen = there.first_seen;
	if (there.last_seen >= here.last_seen) {
		k->here.last_seen = there.last_seen;
		k->here.value = there.value;
	}
}

static int recall_here(const struct memoryredis *r, const struct memory_name *names, size_t n,
		       int64_t now, deadline d, struct known *k, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("recall", 1 << 20);
	const struct memory *below = &r->spec.below;
	struct memory_fact facts[MEMORY_MAX_NAMES];
	int status = below->recall(below->ctx, a, names, n, now, d, facts, why);

	for (size_t i = 0; i < n; i++)
		k[i].here = status == 0 ? facts[i] : (struct memory_fact){ 0 };
	return status;
}

/* False: others wait for a server that is slow. All would get their answers one after the other,
 * too late for most, where what is known here is told at once. */
static bool lock_soon(struct memoryredis *r)
{
	int64_t ms = clock_wall_ms() + MEMORY_MS / 2;
	struct timespec until = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	return pthread_mutex_timedlock(&r->lock, &until) == 0;
}

static int recall(void *ctx, struct arena *a unused_arg, const struct memory_name *names, size_t n,
		  int64_t now, deadline d, struct memory_fact *ret, struct why *why)
{
	struct memoryredis *r = ctx;
	struct known k[MEMORY_MAX_NAMES];
	int there = -ENOTCONN, here;

	/* A disk that is slow must not look like a server that is. */
	if (lock_soon(r)) {
		if (r->link)
			there = get_rows(r, names, n, now, deadline_in(MEMORY_MS), k);
		pthread_mutex_unlock(&r->lock);
	}
	here = recall_here(r, names, n, now, d, k, why);
	for (size_t i = 0; i < n; i++) {
		if (there == 0)
			join(&r->spec.limits, names[i].kind, now, &k[i]);
		ret[i] = k[i].here;
	}
	return there == 0 ? 0 : here;
}

/* Under the lock. ret: what is to be forgotten here before; *ret_n how many. */
static int note_there(struct memoryredis *r, const struct memory_change *changes,
		      const struct memory_name *names, size_t n, int64_t now, struct known *k,
		      struct memory_change *ret, size_t *ret_n)
{
	const struct memory_limits *l = &r->spec.limits;
	deadline d = deadline_in(MEMORY_MS);

	if (!r->link || get_rows(r, names, n, now, d, k) < 0)
		return -EIO;
	for (size_t i = 0; i < n; i++) {
		enum memory_kind kind = names[i].kind;
		struct memoryrow row = { .forgotten = k[i].there.forgotten };

		if (is_overruled(&k[i]))
			ret[(*ret_n)++] = (struct memory_change){ names[i], .forget = true };
		join(l, kind, now, &k[i]);
		row.row = memory_row_of(kind, &k[i].here, now);
		row.row = memory_changed(l, &row.row, &changes[i], now);
		if (changes[i].forget)
			row.forgotten = (uint32_t)now;
		send_row(r, &k[i], &row, kind);
	}
	return take_answers(r, n, d);
}

static int note(void *ctx, const struct memory_change *changes, size_t n, int64_t now,
		struct why *why)
{
	struct memoryredis *r = ctx;
	const struct memory *below = &r->spec.below;
	struct memory_name names[MEMORY_MAX_NAMES] = { 0 };
	struct memory_change stale[MEMORY_MAX_NAMES];
	struct known k[MEMORY_MAX_NAMES];
	size_t n_stale = 0;

	for (size_t i = 0; i < n; i++)
		names[i] = changes[i].name;
	defs_ignore(recall_here(r, names, n, now, deadline_in(MEMORY_MS), k, why)); /* absent */
	pthread_mutex_lock(&r->lock);
	if (note_there(r, changes, names, n, now, k, stale, &n_stale) < 0) {
		for (size_t i = 0; i < n; i++)
			memoryowed_add(r->owed, &changes[i]);
	}
	pthread_mutex_unlock(&r->lock);
	if (n_stale > 0)
		defs_ignore(below->note(below->ctx, stale, n_stale, now, why)); /* as the next */
	return below->note(below->ctx, changes, n, now, why);
}

struct memory memoryredis_memory(struct memoryredis *r)
{
	return (struct memory){ recall, note, r };
}

/* --- the connection */

/* Under the lock. */
static int pay_some(struct memoryredis *r, const struct memory_change *owed, size_t n, int64_t now)
{
	const struct memory_limits *l = &r->spec.limits;
	struct memory_name names[MEMORY_MAX_NAMES];
	struct known k[MEMORY_MAX_NAMES];
	struct why why;
	deadline d;
	int status;

	for (size_t i = 0; i < n; i++)
		names[i] = owed[i].name;
	status = recall_here(r, names, n, now, deadline_in(MEMORY_MS), k, &why);
	d = deadline_in(MEMORY_MS);
	if (status == 0)
		status = get_rows(r, names, n, now, d, k);
	for (size_t i = 0; status == 0 && i < n; i++) {
		struct memoryrow row = { .forgotten = k[i].there.forgotten };

		/* What was forgotten is not brought back by what was noted since. */
		if (owed[i].forget)
			row.forgotten = (uint32_t)now;
		else
			join(l, names[i].kind, now, &k[i]);
		row.row = memory_row_of(names[i].kind, &k[i].here, now);
		send_row(r, &k[i], &row, names[i].kind);
	}
	return status == 0 ? take_answers(r, n, d) : status;
}

/* Questions of messages come between. */
static void pay(struct memoryredis *r, int64_t now)
{
	size_t n = 1;

	while (n > 0) {
		struct memory_change owed[MEMORY_MAX_NAMES];

		pthread_mutex_lock(&r->lock);
		n = r->link ? memoryowed_first(r->owed, owed, ARRAY_LEN(owed)) : 0;
		if (n > 0 && pay_some(r, owed, n, now) < 0)
			n = 0;
		memoryowed_drop(r->owed, n);
		pthread_mutex_unlock(&r->lock);
	}
}

/* So that no message has to find out. */
static void look_whether_it_lives(struct memoryredis *r)
{
	static const str ping = STR("PING");
	struct why why;

	pthread_mutex_lock(&r->lock);
	if (r->link) {
		redislink_ask(r->link, &ping, 1);
		if (redislink_done(r->link, deadline_in(MEMORY_MS), &why) < 0)
			defs_ignore(lose(r, "PING", &why));
	}
	pthread_mutex_unlock(&r->lock);
}

/* Nobody waits while it lasts. */
static void connect_again(struct memoryredis *r)
{
	const struct redislink_server server = { r->spec.address, r->spec.port, r->spec.user,
						 r->spec.password };
	struct redislink *link;
	struct why why;
	int status = redislink_open(&server, deadline_in(MEMORY_MS), &link, &why);

	pthread_mutex_lock(&r->lock);
	r->link = link;
	if (status < 0)
		r->trouble = why;
	r->retry_at = deadline_in(MEMORYREDIS_RETRY_MS);
	pthread_mutex_unlock(&r->lock);
}

static bool wants_connection(struct memoryredis *r)
{
	bool wants;

	pthread_mutex_lock(&r->lock);
	wants = !r->link && clock_left(r->retry_at) == 0;
	pthread_mutex_unlock(&r->lock);
	return wants;
}

enum memoryredis_news memoryredis_tend(struct memoryredis *r, int64_t now_wall, struct why *why)
{
	enum memoryredis_news now, before;

	look_whether_it_lives(r);
	if (wants_connection(r))
		connect_again(r);
	pay(r, now_wall);
	pthread_mutex_lock(&r->lock);
	now = r->link ? MEMORYREDIS_UP : MEMORYREDIS_LOST;
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
	is = r->link != NULL;
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
	r->seal = memoryseal_new(spec->secret);
	r->owed = memoryowed_new();
	pthread_mutex_init(&r->lock, NULL);
	return r;
}

void memoryredis_free(struct memoryredis *r)
{
	redislink_close(r->link);
	memoryseal_free(r->seal);
	memoryowed_free(r->owed);
	pthread_mutex_destroy(&r->lock);
	arena_free(r->arena);
}
