#include "cli/keptsource.h"

#include "base/fd.h"
#include "base/num.h"
#include "base/reader.h"
#include "ctl/ctlclient.h"
#include "replay/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>

static int each_record(str chunk, keptsource_fn *each, void *ctx, struct why *why)
{
	struct reader r = reader_make(chunk);
	int status = 0;

	while (status >= 0 && reader_left(&r)) {
		str record = reader_lstr(&r, KEPT_MAX_BYTES);

		if (r.bad)
			return why_set(why, -EBADMSG, "a kept message is cut short");
		status = each(ctx, record, why);
	}
	return status;
}

int keptsource_file(const char *path, keptsource_fn *each, void *ctx, struct why *why)
{
	cleanup(fd_unmapp) str map = STR_NULL;
	cleanup(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = fd < 0 ? why_set(why, -errno, "%s: %m", path) : fd_map(fd, SIZE_MAX, &map, why);

	return r < 0 ? r : each_record(map, each, ctx, why);
}

/* The answer's document stays mapped until ctlclient_end. */
static int ask(struct arena *a, const struct conf *conf, const str *words, size_t n,
	       struct ctlclient_answer *ret, struct why *why)
{
	str path = arena_fmt(a, "%.*s/control.sock", STR_ARG(conf_runtime_dir(conf)));
	int r = ctlclient_ask(path.p, words, n, -1, a, ret, why);

	if (r == 0 && ret->status != 0)
		r = why_set(why, -EIO, "%.*s", STR_ARG(ret->text));
	return r;
}

static int read_file(const struct conf *conf, str name, keptsource_fn *each, void *ctx,
		     struct why *why)
{
	uint64_t at = 0, next = 0;
	int r = 0;

	do {
		cleanup(arena_freep) struct arena *a = arena_new("kept", 1 << 20);
		struct ctlclient_answer answer = { 0 };
		const str words[] = { STR("replay"), STR("read"), name,
				      arena_fmt(a, "%llu", (unsigned long long)next) };

		at = next;
		r = ask(a, conf, words, ARRAY_LEN(words), &answer, why);
		if (r == 0 && !num_u64(answer.text, &next))
			r = why_set(why, -EPROTO, "the gateway's answer makes no sense");
		if (r == 0)
			r = each_record(answer.document, each, ctx, why);
		ctlclient_end(&answer);
	} while (r >= 0 && next > at);
	return r;
}

static int read_line(const struct conf *conf, str line, int64_t since, keptsource_fn *each,
		     void *ctx, struct why *why)
{
	json_t *object = json_loadb(line.p, line.n, 0, NULL);
	const char *name = json_string_value(json_object_get(object, "file"));
	int64_t day = json_integer_value(json_object_get(object, "day"));
	int r = 0;

	if (!name)
		r = why_set(why, -EPROTO, "the gateway's answer makes no sense");
	else if (day >= since / KEPTSOURCE_DAY_S)
		r = read_file(conf, str_c(name), each, ctx, why);
	json_decref(object);
	return r;
}

int keptsource_gateway(const struct conf *conf, int64_t since, keptsource_fn *each, void *ctx,
		       struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("kept files", 16 << 20);
	const str words[] = { STR("replay"), STR("files") };
	struct ctlclient_answer answer = { 0 };
	int r = ask(a, conf, words, ARRAY_LEN(words), &answer, why);
	str rest = answer.document, line;

	while (r >= 0 && rest.n && str_split(&rest, '\n', &line)) {
		if (line.n)
			r = read_line(conf, line, since, each, ctx, why);
	}
	ctlclient_end(&answer);
	return r;
}
