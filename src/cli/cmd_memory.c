#include "cli/cli.h"

#include "cli/gateway.h"
#include "cli/table.h"

static const char usage[] =
	"usage: poterne memory show|forget NAME... [OPTIONS]\n"
	"\n"
	"What the running gateway remembers. A NAME is the address of a client or its network\n"
	"(192.0.2.0/24), a domain, or a mailbox; all that is known under it is shown.\n"
	"\n"
	"  show NAME...     reputation as sender, signer or link; when we wrote to it, and heard\n"
	"                   from it: good and bad are counts that halve in some weeks\n"
	"  forget NAME...   takes all that out, as if it had never been seen\n"
	"\n"
	"  --json           one JSON object a line\n"
	"  --config FILE    the configuration of the running gateway\n"
	"  --set KEY=VALUE  sets one key after the file\n"
	"\n"
	"Two names in one word are a pair: \"doctor@hopital.example patient@home.example\".\n"
	"Names are kept as hashes: nothing can be listed that is not named.\n"
	"\n"
	"Exit status: 0 done, 1 nothing is known, 2 usage, 3 no gateway.\n";

static const struct table_column columns[] = {
	{ "KIND", "kind", 13 },
	{ "NAME", "name", 50 },
	{ "FIRST SEEN", "first_seen", 20 },
	{ "LAST SEEN", "last_seen", 20 },
	{ "GOOD", "good", 10 },
	{ "BAD", "bad", 10 },
};

static bool put(struct gateway *g unused_arg, str document, struct strbuf *out)
{
	return table_put(out, document, columns, ARRAY_LEN(columns));
}

int cmd_memory(int argc, char **argv)
{
	cleanup(arena_freep) struct arena *a = arena_new("memory command", 64 << 20);
	struct gateway g;
	int status;

	if (!gateway_parse(&g, a, argc, argv, usage, &status))
		return status;
	return gateway_run(&g, put);
}
