#include "html/htmlout.h"

#include "base/utf8.h"

struct htmlout htmlout_make(struct arena *a, size_t max)
{
	return (struct htmlout){ .out = strbuf_make(a, max) };
}

enum kind { SIGN, LETTER, SPECIAL };

/* SPECIAL: controls, and bytes that may begin a character that is no ink. */
static const uint8_t
	kinds
		[256] = {
			[0 ... ' '] = SPECIAL,	  ['0' ... '9'] = LETTER,
			['A' ... 'Z'] = LETTER,	  ['a' ... 'z'] = LETTER,
			[0x80 ... 0xc1] = LETTER, [0xc2] = SPECIAL,
			[0xc3 ... 0xcc] = LETTER, [0xcd] = SPECIAL,
			[0xce ... 0xd7] = LETTER, [0xd8] = SPECIAL,
			[0xd9 ... 0xe0] = LETTER, [0xe1 ... 0xe3] = SPECIAL,
			[0xe4 ... 0xee] = LETTER, [0xef] = SPECIAL,
			[0xf0 ... 0xf2] = LETTER, [0xf3] = SPECIAL,
			[0xf4 ... 0xff] = LETTER,
		};

static enum kind kind_of(char c)
{
	return (enum kind)kinds[(unsigned char)c];
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

/* Where the run of ink from .at on ends; one blank between two signs belongs to it. */
static size_t run_end(struct htmlout *o, str text, size_t from)
{
	size_t at = from;

	for (; at < text.n; at++) {
		enum kind kind = kind_of(text.p[at]);

		o->letters += kind == LETTER;
		if (kind == SPECIAL && (text.p[at] != ' ' || at == from || at + 1 == text.n ||
					kind_of(text.p[at + 1]) == SPECIAL))
			break;
	}
	return at;
}

void htmlout_put(struct htmlout *o, str text)
{
	for (size_t at = 0, end; at < text.n;) {
		end = run_end(o, text, at);
		if (end > at)
			put(o, str_sub(text, at, end));
		at = end;
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
