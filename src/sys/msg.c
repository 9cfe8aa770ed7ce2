#include "sys/msg.h"

#include "base/fd.h"
#include "base/reader.h"

#include <errno.h>

static const char *const process_names[PROCESS_COUNT] = {
	[PROCESS_ANY] = "any",	     [PROCESS_SUPERVISOR] = "supervisor",
	[PROCESS_EDGE] = "edge",     [PROCESS_INSPECT] = "inspect",
	[PROCESS_SCAN] = "scan",     [PROCESS_DNS] = "dns",
	[PROCESS_STORE] = "store",   [PROCESS_RELAY] = "relay",
	[PROCESS_WEB] = "web",	     [PROCESS_IMAGE] = "image",
	[PROCESS_KEYS] = "keys",     [PROCESS_CLI] = "cli",
	[PROCESS_REPORT] = "report", [PROCESS_MEMORY] = "memory",
	[PROCESS_FETCH] = "fetch",
};

const char *msg_process_name(enum process p)
{
	return p < PROCESS_COUNT ? process_names[p] : "unknown";
}

struct row {
	const char *name;
	enum process from, to;
	size_t max_fds;
};

#define MSG_ROW(msg_name_, from_, to_, fds_)                                                       \
	[MSG_##msg_name_] = { #msg_name_, PROCESS_##from_, PROCESS_##to_, fds_ },
static const struct row rows[MSG_count] = { MESSAGES(MSG_ROW) };

const char *msg_name(enum msg_type type)
{
	return type > MSG_none && type < MSG_count ? rows[type].name : "unknown";
}

bool msg_allowed(enum msg_type type, enum process from, enum process to, size_t n_fds)
{
	const struct row *r;

	if (type <= MSG_none || type >= MSG_count)
		return false;
	r = &rows[type];
	return (r->from == PROCESS_ANY || r->from == from) &&
	       (r->to == PROCESS_ANY || r->to == to) && n_fds <= r->max_fds;
}

/* Encoding: the type, then each field: a number as 8 bytes, a slice as a 4-byte length and
 * its bytes, a list as a 4-byte count and its elements; all little-endian. */

static void put_number(struct strbuf *out, uint64_t v, size_t bytes)
{
	char raw[8];

	for (size_t i = 0; i < bytes; i++)
		raw[i] = (char)(v >> (8 * i));
	strbuf_put(out, str_of(raw, bytes));
}

static bool put_text(struct strbuf *out, str s, size_t max)
{
	put_number(out, s.n, 4);
	strbuf_put(out, s);
	return s.n <= max;
}

static bool put_texts(struct strbuf *out, struct msg_texts list, size_t count, size_t max)
{
	bool ok = list.n <= count;

	put_number(out, list.n, 4);
	for (size_t i = 0; ok && i < list.n; i++)
		ok = put_text(out, list.v[i], max);
	return ok;
}

static bool put_nums(struct strbuf *out, struct msg_nums list, size_t count)
{
	put_number(out, list.n, 4);
	for (size_t i = 0; i < list.n && i < count; i++)
		put_number(out, list.v[i], 8);
	return list.n <= count;
}

static struct msg_texts get_texts(struct reader *r, struct arena *a, size_t count, size_t max)
{
	struct msg_texts list = { .n = reader_u32le(r) };

	/* Each element takes at least its length field, so n is bounded by what is there. */
	if (list.n > count || list.n > reader_left(r) / 4) {
		r->bad |= list.n > 0;
		return (struct msg_texts){ 0 };
	}
	list.v = arena_array(a, str, list.n);
	for (size_t i = 0; i < list.n; i++)
		list.v[i] = reader_lstr(r, max);
	return list;
}

static struct msg_nums get_nums(struct reader *r, struct arena *a, size_t count)
{
	struct msg_nums list = { .n = reader_u32le(r) };

	if (list.n > count || list.n > reader_left(r) / 8) {
		r->bad |= list.n > 0;
		return (struct msg_nums){ 0 };
	}
	list.v = arena_array(a, uint64_t, list.n);
	for (size_t i = 0; i < list.n; i++)
		list.v[i] = reader_u64le(r);
	return list;
}

#define PUT_TEXT(field, max) ok = ok && put_text(out, m->field, max);
#define PUT_NUM(field) put_number(out, m->field, 8);
#define PUT_TEXTS(field, count, max) ok = ok && put_texts(out, m->field, count, max);
#define PUT_NUMS(field, count) ok = ok && put_nums(out, m->field, count);
#define GET_TEXT(field, max) m->field = reader_lstr(r, max);
#define GET_NUM(field) m->field = reader_u64le(r);
#define GET_TEXTS(field, count, max) m->field = get_texts(r, a, count, max);
#define GET_NUMS(field, count) m->field = get_nums(r, a, count);
#define MSG_CODEC(name, from, to, fds)                                                             \
	static bool put_##name(const struct msg_##name *m, struct strbuf *out)                     \
	{                                                                                          \
		bool ok = true;                                                                    \
		FIELDS_##name(PUT_TEXT, PUT_NUM, PUT_TEXTS, PUT_NUMS) return ok;                   \
	}                                                                                          \
	static void get_##name(struct reader *r, unused_arg struct arena *a, struct msg_##name *m) \
	{                                                                                          \
		FIELDS_##name(GET_TEXT, GET_NUM, GET_TEXTS, GET_NUMS)                              \
	}
MESSAGES(MSG_CODEC)

bool msg_encode(const struct msg *m, struct strbuf *out)
{
	bool ok = false;

	put_number(out, m->type, 4);
	switch (m->type) {
#define MSG_PUT(name, from, to, fds)                                                               \
	case MSG_##name:                                                                           \
		ok = put_##name(&m->name, out);                                                    \
		break;
		MESSAGES(MSG_PUT)
	case MSG_none:
	case MSG_count:
		break;
	}
	return ok && !out->overflow;
}

bool msg_decode(str in, struct arena *a, struct msg *ret)
{
	struct reader r = reader_make(in);
	struct msg m = { .type = (enum msg_type)reader_u32le(&r) };

	switch (m.type) {
#define MSG_GET(name, from, to, fds)                                                               \
	case MSG_##name:                                                                           \
		get_##name(&r, a, &m.name);                                                        \
		break;
		MESSAGES(MSG_GET)
	case MSG_none:
	case MSG_count:
	default:
		return false;
	}
	if (r.bad || reader_left(&r))
		return false;
	*ret = m;
	return true;
}

int msg_take_fd(struct msg *m, size_t i)
{
	return i < m->n_fds ? take_fd(m->fds[i]) : -1;
}

void msg_close(struct msg *m)
{
	for (size_t i = 0; i < m->n_fds; i++)
		fd_closep(&m->fds[i]);
	m->n_fds = 0;
}

int msg_mail(str bytes, int fd, struct arena *a, size_t max, struct fd_view *ret, struct why *why)
{
	if (fd < 0) {
		*ret = (struct fd_view){ .bytes = bytes };
		return 0;
	}
	if (!fd_is_sealed(fd))
		return why_set(why, -EPROTO, "the memory of a mail is not sealed");
	return fd_view_open(fd, a, max, ret, why);
}
