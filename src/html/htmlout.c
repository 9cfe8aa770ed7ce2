#include "html/htmlout.h"

#include "base/utf8.h"

struct htmlout htmlout_make(struct arena *a, size_t max)
{
	return (struct htmlout){ .out = strbuf_make(a, max) };
}

static bool is_letter(char c)
{
	return str_is_alnum(c) || (unsigned char)c >= 0x80;
}

static void put(struct htmlout *o, str run)
{
	if (o->line && o->out.n)
		strbuf_char(&o->out, '\n');
	else if (o->space && o->out.n)
		strbuf_char(&o->out, ' ');
	else if (o->invisible && str_is_alpha(run.p[0]))
		o->in_words++;
	o->line = o->space = o->invisible = false;
	strbuf_put(&o->out, run);
}

/* Bytes that may begin a character that is no ink. */
static bool is_special(unsigned char c)
{
	return c <= ' ' || c == 0xc2 || c == 0xcd || c == 0xd8 || c == 0xe1 || c == 0xe2 ||
	       c == 0xe3 || c == 0xef || c == 0xf3;
}

enum ink { INK, BLANK, NOTHING };

/* Unicode's blanks, and what takes no room: joiners, marks of direction, tags, fillers. */
static enum ink ink_of(uint32_t cp)
{
	if (cp == 0)
		return NOTHING;
	if (cp <= ' ' || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) ||
	    cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f || cp == 0x3000)
		return BLANK;
	if (cp == 0xad || cp == 0x34f || cp == 0x61c || (cp >= 0x180b && cp <= 0x180e) ||
	    (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e) ||
	    (cp >= 0x2060 && cp <= 0x206f) || cp == 0x3164 || cp == 0x115f || cp == 0x1160 ||
	    (cp >= 0xfe00 && cp <= 0xfe0f) || cp == 0xfeff || cp == 0xffa0 ||
	    (cp >= 0xe0000 && cp <= 0xe0fff))
		return NOTHING;
	return INK;
}

/* The character at the start of s that may be a special one: its length. */
static size_t special(struct htmlout *o, str s)
{
	uint32_t cp = (unsigned char)s.p[0];
	size_t n = utf8_next(s, &cp);

	switch (n ? ink_of(cp) : INK) {
	case BLANK:
		o->space = true;
		break;
	case NOTHING: /* joiners and soft hyphens have honest uses */
		o->invisible |= cp && cp != 0xad && o->out.n && !o->space && !o->line &&
				str_is_alpha(o->out.p[o->out.n - 1]);
		break;
	case INK:
		put(o, str_sub(s, 0, n ? n : 1));
		o->letters++;
		break;
	}
	return n ? n : 1;
}

void htmlout_put(struct htmlout *o, str text)
{
	for (size_t at = 0, from; at < text.n;) {
		for (from = at; at < text.n && !is_special((unsigned char)text.p[at]); at++)
			o->letters += is_letter(text.p[at]);
		if (at > from)
			put(o, str_sub(text, from, at));
		if (at < text.n)
			at += special(o, str_skip(text, at));
	}
}

void htmlout_break(struct htmlout *o)
{
	o->line = true;
}

bool htmlout_in_word(const struct htmlout *o)
{
	return o->out.n && !o->space && !o->line && is_letter(o->out.p[o->out.n - 1]);
}
