#include "base/log.h"

#include "base/clock.h"

#include <unistd.h>

static const char *process = "poterne";
static int pid; /* looked up once: programs are started by fork and exec */

void log_set_process(const char *name)
{
	process = name;
	pid = (int)getpid();
}

static void put_field(struct strbuf *b, const struct log_field *f)
{
	strbuf_char(b, ',');
	strbuf_json(b, str_c(f->name));
	strbuf_char(b, ':');
	switch (f->kind) {
	case LOG_STR:
		strbuf_json(b, f->s);
		break;
	case LOG_INT:
		strbuf_int(b, f->i);
		break;
	case LOG_NUM:
		strbuf_fmt(b, "%.2f", f->d);
		break;
	case LOG_RAW:
		strbuf_put(b, f->s);
		break;
	}
}

void log_fields(const char *event, const struct log_field *fields, size_t n)
{
	cleanup(arena_freep) struct arena *a = arena_new("log", 1 << 20);
	struct strbuf b = strbuf_make(a, LOG_LINE_MAX);

	log_fields_told(&b, event, fields, n);
}

void log_fields_told(struct strbuf *out, const char *event, const struct log_field *fields,
		     size_t n)
{
	struct strbuf b = *out;
	int64_t now = clock_wall_ms();
	ssize_t r;

	bug_if(b.n || b.max != LOG_LINE_MAX);
	strbuf_put(&b, STR("{\"time\":\""));
	clock_put_rfc3339(&b, now / 1000);
	b.n--; /* the Z goes behind the milliseconds */
	strbuf_fmt(&b, ".%03dZ\",\"process\":\"%s\",\"pid\":%d,\"event\":", (int)(now % 1000),
		   process, pid ? pid : (int)getpid());
	strbuf_json(&b, str_c(event));
	for (size_t i = 0; i < n; i++) {
		struct strbuf before = b;

		put_field(&b, &fields[i]);
		if (b.overflow || b.n > LOG_LINE_MAX - 32) {
			b.n = before.n; /* drop the field that does not fit, keep the line whole */
			b.overflow = false;
			strbuf_put(&b, STR(",\"cut\":true"));
			break;
		}
	}
	strbuf_put(&b, STR("}\n"));
	r = write(STDERR_FILENO, b.p, b.n);
	(void)r; /* nowhere left to complain */
	b.n--;
	*out = b;
}
