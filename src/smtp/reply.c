#include "smtp/reply.h"

/* textstring (RFC 5321 4.2): HTAB, SP to "~"; UTF-8 stays (RFC 6531 3.7.4.2). */
static size_t copy_text(char *to, str text, size_t room)
{
	size_t n = text.n < room ? text.n : room;

	for (size_t i = 0; i < n; i++) {
		char c = text.p[i];

		to[i] = (unsigned char)c < ' ' || c == 0x7f ? ' ' : c;
	}
	return n;
}

static int send_line(struct stream *s, deadline d, unsigned code, char separator, str enhanced,
		     str text)
{
	char line[REPLY_LINE_MAX];
	size_t n = (size_t)snprintf(line, sizeof(line), "%03u%c", code, separator);

	if (enhanced.n) {
		n += copy_text(line + n, enhanced, 16);
		line[n++] = ' ';
	}
	n += copy_text(line + n, text, sizeof(line) - n - 2);
	line[n++] = '\r';
	line[n++] = '\n';
	return stream_write(s, str_of(line, n), d, NULL);
}

int reply_send(struct stream *s, deadline d, unsigned code, str enhanced, const str *lines,
	       size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int r = send_line(s, d, code, i + 1 < n ? '-' : ' ', enhanced, lines[i]);

		if (r != STREAM_OK)
			return r;
	}
	return STREAM_OK;
}

/* "class.subject.detail" (RFC 3463 2). */
static bool enhanced_valid(str enhanced, char class)
{
	size_t dots = 0;

	if (enhanced.n < 5 || enhanced.n > 9 || enhanced.p[0] != class || enhanced.p[1] != '.')
		return false;
	for (size_t i = 0; i < enhanced.n; i++) {
		if (enhanced.p[i] == '.')
			dots++;
		else if (!str_is_digit(enhanced.p[i]))
			return false;
	}
	return dots == 2 && enhanced.p[enhanced.n - 1] != '.' &&
	       str_find(enhanced, STR("..")) == STR_NONE;
}

bool reply_valid(uint64_t code, str enhanced)
{
	return (code / 100 == 2 || code / 100 == 4 || code / 100 == 5) &&
	       enhanced_valid(enhanced, (char)('0' + code / 100));
}
