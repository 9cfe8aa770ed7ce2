#include "smtp/command.h"

#include "base/utf8.h"

static int check_bytes(str text)
{
	int found = COMMAND_OK;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\r' || c == '\n')
			return COMMAND_E_LINE_END;
		if (((unsigned char)c < ' ' && c != '\t') || c == 0x7f)
			found = COMMAND_E_BYTES;
	}
	return found == COMMAND_OK && !utf8_valid(text) ? COMMAND_E_BYTES : found;
}

int command_parse(str line, struct command *ret)
{
	str text;
	size_t verb = 0;
	int r;

	if (!str_ends(line, STR("\r\n")))
		return COMMAND_E_LINE_END;
	text = str_sub(line, 0, line.n - 2);
	r = check_bytes(text);
	if (r != COMMAND_OK)
		return r;
	while (verb < text.n && str_is_alpha(text.p[verb]))
		verb++;
	if (verb == 0 || (verb < text.n && !str_is_space(text.p[verb])))
		return COMMAND_E_SYNTAX;
	*ret = (struct command){ str_sub(text, 0, verb), str_trim(str_skip(text, verb)) };
	return COMMAND_OK;
}
