/* A command that is accepted lies inside its line, and reads the same when written again. */
#include "smtp/command.h"

#include "smtp/esmtp.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str line = str_of(data, size);
	struct command c, again;
	struct dsnparams_rcpt dsn;
	struct esmtp p;
	char *text;
	size_t n;

	if (command_parse(line, &c) != COMMAND_OK)
		return 0;
	bug_if(c.verb.p < line.p || c.args.p + c.args.n > line.p + line.n - 2);
	bug_if(str_chr(c.args, '\r') != STR_NONE || str_chr(c.args, '\n') != STR_NONE);
	n = c.verb.n + 1 + c.args.n + 2;
	text = malloc(n);
	memcpy(text, c.verb.p, c.verb.n);
	text[c.verb.n] = ' ';
	memcpy(text + c.verb.n + 1, c.args.p, c.args.n);
	memcpy(text + n - 2, "\r\n", 2);
	bug_if(command_parse(str_of(text, n), &again) != COMMAND_OK);
	bug_if(!str_eq(again.verb, c.verb) || !str_eq(again.args, c.args));
	free(text);
	(void)!esmtp_parse_rcpt(c.args, true, &dsn);
	(void)!esmtp_parse_mail(c.args, &p);
	return 0;
}
