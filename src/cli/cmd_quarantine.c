#include "cli/cli.h"

#include "cli/gateway.h"
#include "cli/table.h"

static const char usage[] =
	"usage: poterne quarantine list|show ID|release ID...|drop ID... [OPTIONS]\n"
	"\n"
	"  list             what is held, the newest first\n"
	"  show ID          one held message: why, from whom, for whom\n"
	"  release ID...    delivers as if they had been accepted\n"
	"  drop ID...       deletes for good\n"
	"\n"
	"  --message        with show: the message itself, byte for byte\n"
	"  --json           one JSON object a line\n"
	"  --config FILE    the configuration of the running gateway\n"
	"  --set KEY=VALUE  sets one key after the file\n"
	"\n"
	"Class undeliverable holds accepted mail that the next hop refused: this role sends no\n"
	"bounces. Exit status: 0 done, 1 no such message, 2 usage, 3 no gateway.\n";

static const struct table_column list_columns[] = {
	{ "ID", "id", 32 },	    { "HELD", "held", 20 },	  { "STATE", "state", 8 },
	{ "CLASS", "class", 13 },   { "SCORE", "score", 7 },	  { "FROM", "reverse_path", 30 },
	{ "TO", "recipients", 30 }, { "SUBJECT", "subject", 40 },
};

static const struct table_column show_rows[] = {
	{ "id", "id", 0 },
	{ "state", "state", 0 },
	{ "class", "class", 0 },
	{ "reason", "reason", 0 },
	{ "received", "received", 0 },
	{ "held since", "held", 0 },
	{ "client", "client_ip", 0 },
	{ "sender", "reverse_path", 0 },
	{ "recipients", "recipients", 0 },
	{ "from", "from", 0 },
	{ "subject", "subject", 0 },
	{ "size", "size", 0 },
	{ "action", "action", 0 },
	{ "score", "score", 0 },
};

static bool put(struct gateway *g, str document, struct strbuf *out)
{
	if (str_eq(g->words[1], STR("list")))
		return table_put(out, document, list_columns, ARRAY_LEN(list_columns));
	return table_put_object(out, document, show_rows, ARRAY_LEN(show_rows));
}

int cmd_quarantine(int argc, char **argv)
{
	cleanup(arena_freep) struct arena *a = arena_new("quarantine", 1 << 30);
	struct gateway g;
	int status;

	if (!gateway_parse(&g, a, argc, argv, usage, &status))
		return status;
	if (g.message && str_eq(g.words[1], STR("show")))
		g.words[1] = STR("message");
	return gateway_run(&g, put);
}
