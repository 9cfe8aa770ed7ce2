#include "cli/cli.h"

#include "cli/gateway.h"
#include "cli/table.h"

static const char usage[] =
	"usage: poterne queue list|show ID|retry [ID...] [OPTIONS]\n"
	"\n"
	"  list             accepted messages that wait for the next hop, the oldest first\n"
	"  show ID          one of them, recipient by recipient\n"
	"  retry [ID...]    tries them now; without ID all\n"
	"\n"
	"  --json           one JSON object a line\n"
	"  --config FILE    the configuration of the running gateway\n"
	"  --set KEY=VALUE  sets one key after the file\n"
	"\n"
	"Exit status: 0 done, 1 no such message, 2 usage, 3 no gateway.\n";

static const struct table_column list_columns[] = {
	{ "ID", "id", 32 },	    { "QUEUED", "queued", 20 },	    { "STATE", "state", 10 },
	{ "TRIES", "attempts", 5 }, { "NEXT", "next", 20 },	    { "FROM", "reverse_path", 30 },
	{ "TO", "recipients", 30 }, { "LAST ANSWER", "reply", 50 },
};

static const struct table_column show_rows[] = {
	{ "id", "id", 0 },
	{ "state", "state", 0 },
	{ "received", "received", 0 },
	{ "queued", "queued", 0 },
	{ "attempts", "attempts", 0 },
	{ "next", "next", 0 },
	{ "client", "client_ip", 0 },
	{ "sender", "reverse_path", 0 },
	{ "waiting for", "recipients", 0 },
	{ "delivered", "delivered", 0 },
	{ "refused", "failed", 0 },
	{ "from", "from", 0 },
	{ "subject", "subject", 0 },
	{ "size", "size", 0 },
	{ "last answer", "reply", 0 },
};

static bool put(struct gateway *g, str document, struct strbuf *out)
{
	if (str_eq(g->words[1], STR("list")))
		return table_put(out, document, list_columns, ARRAY_LEN(list_columns));
	return table_put_object(out, document, show_rows, ARRAY_LEN(show_rows));
}

int cmd_queue(int argc, char **argv)
{
	cleanup(arena_freep) struct arena *a = arena_new("queue", 1 << 30);
	struct gateway g;
	int status;

	if (!gateway_parse(&g, a, argc, argv, usage, &status))
		return status;
	return gateway_run(&g, put);
}
