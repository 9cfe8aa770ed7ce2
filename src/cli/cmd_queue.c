#include "cli/cli.h"

#include "cli/gateway.h"
#include "cli/table.h"

static const char usage[] =
	"usage: poterne queue list|show ID|retry [ID...]|hold ID...|drop ID... [OPTIONS]\n"
	"\n"
	"  list             accepted messages that wait for a next hop, the oldest first\n"
	"  show ID          one of them, recipient by recipient\n"
	"  retry [ID...]    tries them now, a held one, too; without ID all that are not held\n"
	"  hold ID...       keeps them in the queue, untried, until they are retried\n"
	"  drop ID...       removes them for good: nobody is told\n"
	"\n"
	"  --destination D  list, retry, hold: messages for this destination, as list --summary\n"
	"                   writes it\n"
	"  --state S        list: waiting, unreachable, delivering or held\n"
	"  --older-than AGE list: in the queue for longer (30m, 4h, 2d)\n"
	"  --recipient R    list: with this recipient\n"
	"  --summary        list: one line for each destination\n"
	"  --message        show: the message itself\n"
	"  --held           retry: those that are held\n"
	"  --all            hold: all messages\n"
	"  --yes            drop: without it the messages are only shown\n"
	"  --json           one JSON object a line\n"
	"  --config FILE    the configuration of the running gateway\n"
	"  --set KEY=VALUE  sets one key after the file\n"
	"\n"
	"Exit status: 0 done, 1 no such message, 2 usage, 3 no gateway.\n";

static const struct table_column list_columns[] = {
	{ "ID", "id", 32 },	    { "QUEUED", "queued", 20 },	    { "STATE", "state", 11 },
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
	{ "warned", "warned", 0 },
	{ "client", "client_ip", 0 },
	{ "sender", "reverse_path", 0 },
	{ "from", "from", 0 },
	{ "subject", "subject", 0 },
	{ "size", "size", 0 },
	{ "last answer", "reply", 0 },
};

static const struct table_column summary_columns[] = {
	{ "DESTINATION", "destination", 40 }, { "MESSAGES", "messages", 8 },
	{ "DELIVERING", "delivering", 10 },   { "HELD", "held", 8 },
	{ "CONNECTIONS", "connections", 11 }, { "REACHABLE", "reachable", 9 },
	{ "OLDEST", "oldest", 20 },	      { "NEXT PROBE", "next_probe", 20 },
	{ "LAST ANSWER", "reply", 50 },
};

static const struct table_column each_columns[] = {
	{ "RECIPIENT", "recipient", 40 },
	{ "STATE", "state", 19 },
	{ "DESTINATION", "destination", 40 },
	{ "TRIES", "attempts", 5 },
	{ "NEXT", "next", 20 },
	{ "LAST ANSWER", "reply", 80 },
};

/* The list below an object's lines: its recipients, one a row. */
static bool put_each(struct gateway *g, str document, struct strbuf *out)
{
	json_t *object = json_loadb(document.p, document.n, 0, NULL);
	const json_t *each = json_object_get(object, "each");
	struct strbuf lines = strbuf_make(g->arena, 64 << 20);

	for (size_t i = 0; i < json_array_size(each); i++) {
		char *line = json_dumps(json_array_get(each, i), JSON_COMPACT);

		strbuf_put(&lines, str_c(line));
		strbuf_char(&lines, '\n');
		free(line);
	}
	json_decref(object);
	strbuf_char(out, '\n');
	return table_put(out, strbuf_str(&lines), each_columns, ARRAY_LEN(each_columns));
}

static bool put(struct gateway *g, str document, struct strbuf *out)
{
	if (g->summary)
		return table_put(out, document, summary_columns, ARRAY_LEN(summary_columns));
	if (!str_eq(g->words[1], STR("show")))
		return table_put(out, document, list_columns, ARRAY_LEN(list_columns));
	return table_put_object(out, document, show_rows, ARRAY_LEN(show_rows)) &&
	       put_each(g, document, out);
}

int cmd_queue(int argc, char **argv)
{
	cleanup(arena_freep) struct arena *a = arena_new("queue", 1 << 30);
	struct gateway g;
	int status;

	if (!gateway_parse(&g, a, argc, argv, usage, &status))
		return status;
	if (g.message && str_eq(g.words[1], STR("show")))
		g.words[1] = STR("message");
	status = gateway_run(&g, put);
	if (status == CLI_DONE && str_eq(g.words[1], STR("drop")) && !g.yes)
		fputs("poterne: queue: nothing was dropped; add --yes to drop these for good\n",
		      stderr);
	return status;
}
