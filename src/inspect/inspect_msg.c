#include "inspect/inspect_office.h"

#include "base/utf8.h"
#include "document/cfb.h"
#include "document/lzfu.h"
#include "document/runs.h"

/* Properties of MS-OXPROPS: the first four digits of a stream's name behind "__substg1.0_";
 * the last four are the type, 001F for UTF-16, 001E for text in some code page. */
#define STREAM "__substg1.0_"

static str text_of(struct office *o, str bytes, bool wide)
{
	str text;

	if (wide)
		return runs_text(o->scratch, bytes, true);
	(void)charset_to_utf8(&o->w->charsets, o->scratch,
			      utf8_valid(bytes) ? STR("utf-8") : STR("windows-1252"), bytes, &text);
	return text;
}

/* A text property beside another one. */
static str sibling(struct office *o, struct cfb *c, const struct cfb_entry *e, const char *property)
{
	for (int wide = 1; wide >= 0; wide--) {
		const struct cfb_entry *s = cfb_find(
			c, e->parent,
			arena_fmt(o->scratch, STREAM "%s001%c", property, wide ? 'F' : 'E'));

		if (s)
			return text_of(o, cfb_read(c, s), wide);
	}
	return STR("");
}

static void attachment(struct office *o, struct cfb *c, const struct cfb_entry *e, bool wide)
{
	str name = sibling(o, c, e, "3707"); /* long, then short, then shown */

	(void)wide;
	if (!name.n)
		name = sibling(o, c, e, "3704");
	if (!name.n)
		name = sibling(o, c, e, "3001");
	inspect_office_child(o, name, cfb_read(c, e));
}

/* What the reader sees, as a part of its own. */
static void body(struct office *o, str type, str text)
{
	uint32_t part = walk_add_part(o->w, o->index, '/', ++o->number);

	if (part == WALK_NO_PART)
		return;
	walk_part(o->w, part)->type = type;
	walk_part(o->w, part)->size = text.n;
	inspect_text_read(o->w, part, STR("utf-8"), text, o->depth + 1);
}

static void plain_body(struct office *o, struct cfb *c, const struct cfb_entry *e, bool wide)
{
	body(o, STR("text/plain"), text_of(o, cfb_read(c, e), wide));
}

static void html_body(struct office *o, struct cfb *c, const struct cfb_entry *e, bool wide)
{
	body(o, STR("text/html"), text_of(o, cfb_read(c, e), wide));
}

static void rtf_body(struct office *o, struct cfb *c, const struct cfb_entry *e, bool wide)
{
	str rtf = lzfu_unpack(o->scratch, cfb_read(c, e), (size_t)o->w->budget);

	(void)wide;
	walk_spend(o->w, rtf.n);
	if (rtf.n)
		inspect_rtf_read(o, rtf);
}

static const struct {
	str property;
	void (*read)(struct office *o, struct cfb *c, const struct cfb_entry *e, bool wide);
} properties[] = {
	{ STR("3701"), attachment },
	{ STR("1000"), plain_body },
	{ STR("1013"), html_body },
	{ STR("1009"), rtf_body },
};

bool inspect_msg_entry(struct office *o, struct cfb *c, const struct cfb_entry *e)
{
	str property = str_skip(e->name, sizeof(STREAM) - 1);

	if (!str_starts(e->name, STR(STREAM)))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(properties); i++) {
		if (str_starts(property, properties[i].property))
			properties[i].read(o, c, e, str_caseends(property, STR("001F")));
	}
	return true;
}
