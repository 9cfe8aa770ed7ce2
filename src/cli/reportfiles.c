#include "cli/reportfiles.h"

#include "base/base64.h"
#include "base/fd.h"
#include "cli/cli.h"
#include "inspect/inspect.h"

enum { FILE_BUDGET = 1 << 30, LINE = 57 /* bytes, 76 characters of base64 */ };

/* Neither a mail nor an mbox begins like this. */
static bool is_bare(str bytes)
{
	static const str begins[] = { STR("<"),	       STR("{"),	STR("PK\3\4"),
				      STR("\x1f\x8b"), STR("\xef\xbb"), STR("\xff\xfe"),
				      STR("\xfe\xff"), STR("\x78") };
	str text = str_trim(str_sub(bytes, 0, 100));

	for (size_t i = 0; i < ARRAY_LEN(begins); i++) {
		if (str_starts(text, begins[i]))
			return true;
	}
	return false;
}

/* A mail around a file, since mails are what a worker reads. */
static str wrapped(struct arena *a, str bytes)
{
	struct strbuf b = strbuf_make(a, bytes.n * 2 + 1000);

	strbuf_put(&b, STR("MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
			   "Content-Disposition: attachment\r\n"
			   "Content-Transfer-Encoding: base64\r\n\r\n"));
	for (size_t i = 0; i < bytes.n; i += LINE) {
		base64_encode(&b, str_sub(bytes, i, i + LINE));
		strbuf_put(&b, STR("\r\n"));
	}
	return strbuf_str(&b);
}

static int read_file(const struct message_file *f, struct arena *a, str *ret, struct why *why)
{
	str bytes;
	int r = 0;

	if (f->path && !f->size) {
		r = fd_read_path(f->path, a, MESSAGES_MAX_FILE, &bytes, why);
		if (r == 0 && (!bytes.n || is_bare(bytes))) {
			*ret = wrapped(a, bytes);
			return 0;
		}
	}
	return r < 0 ? r : messages_read(f, a, ret, why);
}

static int read_one(const struct reportfiles *f, struct offline *o, const struct message_file *file)
{
	cleanup(arena_freep) struct arena *a = arena_new("report file", FILE_BUDGET);
	struct facts facts = { 0 };
	struct why why = { "" };
	str message;
	int r = read_file(file, a, &message, &why);

	if (r == 0)
		r = offline_inspect(o, a, message, INSPECT_WANTS_REPORTS, &facts, &why);
	if (r < 0) {
		fprintf(stderr, "poterne: %s: %s\n", f->command, why.text);
		return CLI_ENVIRONMENT;
	}
	if (!facts.reports.reports.n && !facts.reports.why.n)
		facts.reports.why = facts.error.n	 ? facts.error
				    : facts.limits_hit.n ? facts.limits_hit.v[0]
				    : facts.reports.failures
					    ? STR("a failure report; they are not read")
					    : STR("no report in it");
	r = f->take(f->ctx, a, file->name, &facts.reports);
	if (r < 0)
		return CLI_ENVIRONMENT;
	return facts.reports.reports.n ? CLI_DONE : CLI_NO;
}

int reportfiles_run(const struct reportfiles *f, const struct super_source *source,
		    const struct messages *messages)
{
	struct offline *o;
	struct why why = { "" };
	int status = CLI_DONE;

	if (offline_start(source, NULL, STR("{}"), 1, &o, &why) < 0) {
		fprintf(stderr, "poterne: %s: %s\n", f->command, why.text);
		return CLI_ENVIRONMENT;
	}
	for (size_t i = 0; i < messages->files.n && status != CLI_ENVIRONMENT; i++) {
		int r = read_one(f, o, &messages->files.v[i]);

		status = r > status ? r : status;
	}
	offline_stop(o);
	return status;
}
