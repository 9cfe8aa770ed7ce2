#include "relay/smtpreply.h"

static void keep(struct smtpreply *r, str text)
{
	for (size_t i = 0; i < text.n && r->n < SMTPREPLY_TEXT_MAX; i++) {
		char c = text.p[i];

		r->text[r->n++] = (unsigned char)c < 0x20 || c == 0x7f ? ' ' : c;
	}
}

/* Reply-code = %x32-35 %x30-35 %x30-39 (RFC 5321 4.2) */
static int reply_code(str line)
{
	if (line.n < 3 || line.p[0] < '2' || line.p[0] > '5' || line.p[1] < '0' ||
	    line.p[1] > '5' || !str_is_digit(line.p[2]))
		return -1;
	return (line.p[0] - '0') * 100 + (line.p[1] - '0') * 10 + (line.p[2] - '0');
}

/* Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF */
int smtpreply_line(struct smtpreply *r, str line, str *ret_text)
{
	bool more;
	int code;

	if (line.n > SMTPREPLY_LINE_MAX || !str_ends(line, STR("\r\n")))
		return SMTPREPLY_E_SYNTAX;
	line.n -= 2;
	code = reply_code(line);
	if (code < 0 || (r->lines && code != r->code) || str_chr(line, '\r') != STR_NONE)
		return SMTPREPLY_E_SYNTAX;
	if (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-')
		return SMTPREPLY_E_SYNTAX;
	more = line.n > 3 && line.p[3] == '-';
	if (++r->lines > SMTPREPLY_LINES_MAX)
		return SMTPREPLY_E_SYNTAX;
	r->code = code;
	keep(r, r->lines == 1 ? str_sub(line, 0, 3) : STR(";"));
	if (line.n > 4) {
		keep(r, STR(" "));
		keep(r, str_skip(line, 4));
	}
	if (ret_text)
		*ret_text = str_skip(line, 4);
	return more ? SMTPREPLY_MORE : SMTPREPLY_DONE;
}

void smtpreply_say(struct smtpreply *r, int code, str text)
{
	*r = (struct smtpreply){ .code = code, .lines = 1 };
	r->n = (size_t)snprintf(r->text, sizeof(r->text), "%d ", code);
	keep(r, text);
}
