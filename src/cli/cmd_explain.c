#include "cli/cli.h"

#include "cli/gateway.h"
#include "cli/table.h"

static const char usage[] =
	"usage: poterne explain ID [OPTIONS]\n"
	"\n"
	"Why a past message was treated as it was, and what would have changed it. The ID stands\n"
	"in the log (mid), in X-Poterne-Verdict, and in the reply to the sender.\n"
	"\n"
	"  --lang en|fr     language of the explanation\n"
	"  --json           the whole record\n"
	"  --config FILE    the configuration of the running gateway\n"
	"  --set KEY=VALUE  sets one key after the file\n"
	"\n"
	"Exit status: 0 done, 1 no such message, 2 usage, 3 no gateway.\n";

static const struct table_column rows[] = {
	{ "id", "id", 0 },
	{ "received", "time", 0 },
	{ "client", "client_ip", 0 },
	{ "sender", "reverse_path", 0 },
	{ "recipients", "recipients", 0 },
	{ "from", "from", 0 },
	{ "subject", "subject", 0 },
	{ "action", "action", 0 },
	{ "score", "score", 0 },
	{ "kept as", "disposition", 0 },
	{ "state", "state", 0 },
	{ "since", "state_time", 0 },
	{ "next hop", "next_hop", 0 },
	{ "its answer", "reply", 0 },
};

/* The words, line by line: they quote the sender, so each line is made printable. */
static void put_explanation(struct gateway *g, str document, struct strbuf *out)
{
	json_t *object = json_loadb(document.p, document.n, 0, NULL);
	const json_t *words =
		json_object_get(json_object_get(json_object_get(object, "record"), "explanation"),
				g->lang == CONF_LANG_FR ? "fr" : "en");
	str rest = str_of(json_string_value(words), json_string_length(words)), line;

	if (rest.n)
		strbuf_char(out, '\n');
	while (rest.n && str_split(&rest, '\n', &line)) {
		strbuf_printable(out, line);
		strbuf_char(out, '\n');
	}
	json_decref(object);
}

static bool put(struct gateway *g, str document, struct strbuf *out)
{
	if (!table_put_object(out, document, rows, ARRAY_LEN(rows)))
		return false;
	put_explanation(g, document, out);
	return true;
}

int cmd_explain(int argc, char **argv)
{
	cleanup(arena_freep) struct arena *a = arena_new("explain", 256 << 20);
	struct gateway g;
	int status;

	if (!gateway_parse(&g, a, argc, argv, usage, &status))
		return status;
	return gateway_run(&g, put);
}
