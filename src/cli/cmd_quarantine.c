#include "cli/cli.h"

#include "cli/gateway.h"
#include "cli/table.h"
#include "cli/tastelesson.h"

static const char usage[] =
	"usage: poterne quarantine list|show ID|release ID...|drop ID... [OPTIONS]\n"
	"\n"
	"  list             what is held, the newest first\n"
	"  show ID          one held message: why, from whom, for whom\n"
	"  release ID...    delivers as if they had been accepted\n"
	"  drop ID...       deletes for good\n"
	"\n"
	"  --learn-ham      with release: first teaches the classifier that they are wanted\n"
	"  --learn-spam     with drop: first teaches it that they are spam\n"
	"  --for ADDRESS    teaches it for that recipient alone\n"
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

/* As `poterne learn --id` would; what cannot be learned is neither delivered nor deleted, so that
 * nothing is lost by a mistake. */
static int learn(const struct gateway *g)
{
	char **ids = arena_array(g->arena, char *, g->n);

	for (size_t i = 2; i < g->n; i++)
		ids[i - 2] = arena_cz(g->arena, g->words[i]);
	return cmd_learn_held(&g->source, g->learn_spam, g->recipient, g->json, (int)g->n - 2, ids);
}

static bool learns_wrongly(const struct gateway *g)
{
	if (g->recipient &&
	    (!(g->learn_ham || g->learn_spam) || !tastelesson_is_address(str_c(g->recipient))))
		return true;
	return (g->learn_ham && !str_eq(g->words[1], STR("release"))) ||
	       (g->learn_spam && !str_eq(g->words[1], STR("drop")));
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
	if (learns_wrongly(&g)) {
		fputs(usage, stderr);
		return CLI_USAGE;
	}
	status = g.learn_ham || g.learn_spam ? learn(&g) : CLI_DONE;
	if (status != CLI_DONE)
		return status;
	return gateway_run(&g, put);
}
