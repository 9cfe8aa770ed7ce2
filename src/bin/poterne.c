/* bin/poterne.c - the command line: one row per command. */
#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "scan", cmd_scan, "judges messages in files, with no gateway running" },
	{ "learn", cmd_learn, "teaches the classifier what is spam and what is not" },
	{ "audit", cmd_audit, "tests a gateway with mails that must not pass, and some that must" },
	{ "check-auth", cmd_check_auth, "SPF, DKIM, DMARC and ARC of a message, step by step" },
	{ "check-config", cmd_check_config, "checks configuration, rules and lists" },
	{ "dns", cmd_dns, "the DNS records of our domains, and what is published" },
	{ "explain", cmd_explain, "why a past message was treated as it was" },
	{ "replay", cmd_replay, "what other rules would have done with past messages" },
	{ "quarantine", cmd_quarantine, "list, show, release or drop what is held" },
	{ "queue", cmd_queue, "what waits for the next hop" },
	{ "rules", cmd_rules, "what each rule decides or weighs, and why; changes that" },
	{ "lists", cmd_lists, "who is on which list; puts on, takes off, imports feeds" },
	{ "recipients", cmd_recipients, "whether a mailbox is in the table of those that exist" },
	{ "memory", cmd_memory, "what is remembered of a sender, a domain or a correspondent" },
	{ "dmarc", cmd_dmarc, "what others report about mail in the name of our domains" },
	{ "report", cmd_report, "the reports that other domains get from us" },
	{ "metrics", cmd_metrics, "what the gateway counts, and how long it takes" },
	{ "certificate", cmd_certificate, "makes a self-signed certificate" },
	{ "key", cmd_key, "makes a key for DKIM signatures, and its DNS record" },
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void usage(FILE *out)
{
	fputs("usage: poterne COMMAND [OPTIONS]\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-14s %s\n", commands[i].name, commands[i].summary);
	fputs("\nEach command has --help. The gateway itself is started by poterned.\n", out);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		usage(stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return CLI_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("poterne " POTERNE_VERSION);
		return CLI_DONE;
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	fprintf(stderr, "poterne: %s: no such command; see poterne --help\n", argv[1]);
	return CLI_USAGE;
}
