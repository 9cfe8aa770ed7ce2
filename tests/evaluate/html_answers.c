/* tests/evaluate/html_answers.c - the HTML tokenizer, bare, for tests/evaluate/html.py.
 *
 * Questions on standard input, one after the other: a line "STATE LAST_START LENGTH" ("-" for
 * none) and LENGTH bytes. Answers: one JSON array of tokens a line, bytes as hexadecimal.
 */
#include "html/htmltok.h"

#include <stdio.h>
#include <stdlib.h>

static void hex(str s)
{
	if (!s.p) {
		fputs("null", stdout);
		return;
	}
	putchar('"');
	for (size_t i = 0; i < s.n; i++)
		printf("%02x", (unsigned char)s.p[i]);
	putchar('"');
}

static void show_start(const struct htmltok_token *token)
{
	fputs("[\"StartTag\",", stdout);
	hex(token->name);
	fputs(",[", stdout);
	for (size_t i = 0; i < token->n_attrs; i++) {
		fputs(i ? ",[" : "[", stdout);
		hex(token->attrs[i].name);
		putchar(',');
		hex(token->attrs[i].value);
		putchar(']');
	}
	printf("],%s]", token->self_closing ? "true" : "false");
}

static void show(const struct htmltok_token *token)
{
	switch (token->kind) {
	case HTMLTOK_TEXT:
		fputs("[\"Character\",", stdout);
		hex(token->text);
		putchar(']');
		break;
	case HTMLTOK_START:
		show_start(token);
		break;
	case HTMLTOK_CLOSE:
		fputs("[\"EndTag\",", stdout);
		hex(token->name);
		putchar(']');
		break;
	case HTMLTOK_COMMENT:
		fputs("[\"Comment\",", stdout);
		hex(token->text);
		putchar(']');
		break;
	case HTMLTOK_DOCTYPE:
		fputs("[\"DOCTYPE\",", stdout);
		hex(token->name);
		putchar(',');
		hex(token->public_id);
		putchar(',');
		hex(token->system_id);
		printf(",%s]", token->force_quirks ? "false" : "true");
		break;
	case HTMLTOK_CUT:
	case HTMLTOK_END:
		fputs("[\"None\"]", stdout);
		break;
	}
}

int main(void)
{
	char last[64];
	int mode;
	size_t n;

	while (scanf("%d %63s %zu", &mode, last, &n) == 3) {
		cleanup(arena_freep) struct arena *a = arena_new("html", 64 << 20);
		char *bytes = arena_array(a, char, n + 1);
		struct htmltok *t;
		struct htmltok_token token;
		bool first = true;

		getchar();
		if (fread(bytes, 1, n, stdin) != n)
			return 1;
		t = htmltok_new(a, str_of(bytes, n));
		htmltok_set(t, (enum htmltok_mode)mode, last[0] == '-' ? STR("") : str_c(last));
		putchar('[');
		while (htmltok_next(t, &token)) {
			if (!first)
				putchar(',');
			first = false;
			show(&token);
		}
		puts("]");
	}
	return 0;
}
