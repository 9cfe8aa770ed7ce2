#include "cli/heldmail.h"

#include "cli/traps.h"
#include "ctl/ctlclient.h"

/* One question about the quarantine that is answered by a document. */
static int ask(struct arena *a, const struct conf *conf, const str *words, size_t n, str *ret,
	       struct why *why)
{
	const char *socket = arena_fmt(a, "%.*s/control.sock", STR_ARG(conf_runtime_dir(conf))).p;
	struct ctlclient_answer answer = { 0 };
	int r = ctlclient_ask(socket, words, n, -1, a, &answer, why);

	if (r < 0)
		return r;
	if (answer.status || !answer.document.p)
		r = why_set(why, -1, "%.*s: %.*s", STR_ARG(words[n - 1]), STR_ARG(answer.text));
	else
		*ret = arena_str(a, answer.document);
	ctlclient_end(&answer);
	return r;
}

int heldmail_add(struct messages *m, struct arena *a, const struct conf *conf, const char *id,
		 struct why *why)
{
	const str words[] = { STR("quarantine"), STR("message"), str_c(id) };
	str message = STR_NULL;
	int r = ask(a, conf, words, ARRAY_LEN(words), &message, why);

	if (r == 0)
		*arena_push(a, &m->files) =
			(struct message_file){ .name = str_c(id), .bytes = message };
	return r;
}

int heldmail_add_traps(struct messages *m, struct arena *a, const struct conf *conf,
		       struct why *why)
{
	const str words[] = { STR("quarantine"), STR("list") };
	struct traps traps = { 0 };
	str list = STR_NULL;
	int r = ask(a, conf, words, ARRAY_LEN(words), &list, why);

	if (r == 0)
		r = traps_choose(a, list, &traps, why);
	for (size_t i = 0; i < traps.ids.n && r == 0; i++)
		r = heldmail_add(m, a, conf, traps.ids.v[i], why);
	return r;
}
