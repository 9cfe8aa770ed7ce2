#include "html/htmlstyle.h"

enum {
	ROOT_FONT = 16,	  /* pixels */
	FAR_AWAY = -400,  /* pixels from the edge: nobody indents so far */
	NEAR_COLOUR = 24, /* sum of the differences of three channels */
};
static const double TINY = 2; /* pixels */

struct length {
	double value; /* pixels, or times something */
	bool relative;
};

/* "12px", "-9999px", "0", "1.5em", "80%". False when s begins with no number. */
static bool read_length(str s, struct length *ret)
{
	static const struct {
		str unit;
		double factor;
		bool relative;
	} units[] = {
		{ STR("px"), 1, false },  { STR("pt"), 4.0 / 3, false }, { STR("rem"), 16, false },
		{ STR("em"), 1, true },	  { STR("%"), 0.01, true },	 { STR("ex"), 0.5, true },
		{ STR("in"), 96, false }, { STR("cm"), 37.8, false },	 { STR("mm"), 3.78, false },
		{ STR("pc"), 16, false }, { STR("vw"), 10, false },	 { STR("vh"), 10, false },
	};
	double value = 0, step = 1;
	size_t i = 0, digits = 0;
	bool minus = s.n && s.p[0] == '-', point = false;

	for (i = minus || (s.n && s.p[0] == '+'); i < s.n; i++) {
		if (s.p[i] == '.' && !point) {
			point = true;
		} else if (str_is_digit(s.p[i])) {
			value = point ? value + (step /= 10) * (s.p[i] - '0')
				      : value * 10 + (s.p[i] - '0');
			digits++;
		} else {
			break;
		}
	}
	if (!digits || digits > 12)
		return false;
	*ret = (struct length){ minus ? -value : value, false };
	for (size_t k = 0; k < ARRAY_LEN(units); k++) {
		if (str_casestarts(str_skip(s, i), units[k].unit)) {
			ret->value *= units[k].factor;
			ret->relative = units[k].relative;
			break;
		}
	}
	return true;
}

static void put(struct htmlstyle *s, uint32_t property, bool off)
{
	s->set |= property;
	s->off = off ? s->off | property : s->off & ~property;
}

/* A share is none below a fiftieth, a length below two pixels. */
static bool is_nothing(struct length n, uint32_t property)
{
	return n.value <= (n.relative || property == HTMLSTYLE_OPACITY ? 0.02 : 1);
}

static void put_zero(struct htmlstyle *s, uint32_t property, str value)
{
	struct length n;

	put(s, property, read_length(value, &n) && is_nothing(n, property));
}

static void put_away(struct htmlstyle *s, str value)
{
	struct length n;

	if (read_length(value, &n) && !n.relative && n.value <= FAR_AWAY)
		put(s, HTMLSTYLE_POSITION, true);
}

/* "font-size: 0", or the size in "font: bold 12px/1.5 Arial": the first length. */
static void put_font(struct htmlstyle *s, str value, bool shorthand)
{
	struct length n;

	while (shorthand && value.n && !str_is_digit(value.p[0]) && value.p[0] != '.') {
		size_t blank = str_chr(value, ' ');

		value = blank == STR_NONE ? STR("") : str_trim(str_skip(value, blank));
	}
	if (shorthand && value.n > 3 && str_is_digit(value.p[1]) && str_starts(value, STR("700 ")))
		value = str_skip(value, 4);
	if (!read_length(value, &n))
		n = (struct length){ ROOT_FONT, false }; /* "small", "inherit" */
	put(s, HTMLSTYLE_FONT, false);
	s->font = n.value;
	s->font_relative = n.relative;
}

/* A picture or a gradient behind the text may have any colour. */
static void put_background(struct htmlstyle *s, str value)
{
	put(s, HTMLSTYLE_BACKGROUND,
	    str_caseeq(value, STR("transparent")) || str_caseeq(value, STR("none")) ||
		    str_caseeq(value, STR("inherit")));
	s->background = str_chr(value, '(') != STR_NONE && !str_casestarts(value, STR("rgb"))
				? HTMLSTYLE_NO_COLOUR
				: htmlstyle_colour(str_sub(value, 0,
							   str_casestarts(value, STR("rgb"))
								   ? value.n
								   : str_chr(value, ' ')));
}

static bool has(str value, str word)
{
	return str_casefind(value, word) != STR_NONE;
}

static void put_clip(struct htmlstyle *s, str value)
{
	bool nothing = has(value, STR("rect(0")) || has(value, STR("rect(1px")) ||
		       has(value, STR("inset(50%")) || has(value, STR("inset(100%"));

	put(s, HTMLSTYLE_POSITION, nothing);
}

static void declare_box(struct htmlstyle *s, str name, str value)
{
	if (str_caseeq(name, STR("width")) || str_caseeq(name, STR("max-width")))
		put_zero(s, HTMLSTYLE_WIDTH, value);
	else if (str_caseeq(name, STR("height")) || str_caseeq(name, STR("max-height")))
		put_zero(s, HTMLSTYLE_HEIGHT, value);
	else if (str_caseeq(name, STR("overflow")))
		put(s, HTMLSTYLE_OVERFLOW, has(value, STR("hidden")));
	else if (str_caseeq(name, STR("text-indent")) || str_caseeq(name, STR("left")) ||
		 str_caseeq(name, STR("top")) || str_caseeq(name, STR("margin-left")) ||
		 str_caseeq(name, STR("margin-top")))
		put_away(s, value);
	else if (str_caseeq(name, STR("clip")) || str_caseeq(name, STR("clip-path")))
		put_clip(s, value);
	else if (str_caseeq(name, STR("transform")) && has(value, STR("scale(0)")))
		put(s, HTMLSTYLE_POSITION, true);
	else if (str_caseeq(name, STR("unicode-bidi")))
		put(s, HTMLSTYLE_REVERSED, has(value, STR("override")));
	else if (str_caseeq(name, STR("mso-hide")))
		put(s, HTMLSTYLE_MSO_HIDE, has(value, STR("all")));
}

static uint32_t declare(struct htmlstyle *s, str name, str value)
{
	uint32_t before = s->set;

	s->set = 0;
	if (str_caseeq(name, STR("display"))) {
		put(s, HTMLSTYLE_DISPLAY, str_caseeq(value, STR("none")));
	} else if (str_caseeq(name, STR("visibility"))) {
		put(s, HTMLSTYLE_VISIBILITY,
		    has(value, STR("hidden")) || has(value, STR("collapse")));
	} else if (str_caseeq(name, STR("opacity"))) {
		put_zero(s, HTMLSTYLE_OPACITY, value);
	} else if (str_caseeq(name, STR("font-size")) || str_caseeq(name, STR("font"))) {
		put_font(s, value, name.n == 4);
	} else if (str_caseeq(name, STR("color"))) {
		put(s, HTMLSTYLE_COLOUR, false);
		s->colour = htmlstyle_colour(value);
	} else if (str_caseeq(name, STR("background-color")) ||
		   str_caseeq(name, STR("background")) ||
		   str_caseeq(name, STR("background-image"))) {
		put_background(s, value);
	} else {
		declare_box(s, name, value);
	}
	before |= s->set;
	return before;
}

void htmlstyle_parse(str declarations, struct htmlstyle *s)
{
	str one;

	while (str_split(&declarations, ';', &one)) {
		size_t colon = str_chr(one, ':'), bang;
		str value;
		uint32_t all;

		if (colon == STR_NONE)
			continue;
		value = str_trim(str_skip(one, colon + 1));
		bang = str_chr(value, '!');
		all = declare(s, str_trim(str_sub(one, 0, colon)),
			      str_trim(str_sub(value, 0, bang)));
		if (bang != STR_NONE)
			s->important |= s->set;
		s->set = all;
	}
}

void htmlstyle_merge(struct htmlstyle *earlier, const struct htmlstyle *later)
{
	uint32_t take = later->set & ~(earlier->important & ~later->important);

	earlier->off = (earlier->off & ~take) | (later->off & take);
	if (take & HTMLSTYLE_FONT) {
		earlier->font = later->font;
		earlier->font_relative = later->font_relative;
	}
	if (take & HTMLSTYLE_COLOUR)
		earlier->colour = later->colour;
	if (take & HTMLSTYLE_BACKGROUND)
		earlier->background = later->background;
	earlier->set |= take;
	earlier->important |= later->important;
}

struct htmlstyle_look htmlstyle_root(void)
{
	return (struct htmlstyle_look){ .font = ROOT_FONT, .colour = 0, .background = 0xffffff };
}

static void look_at_box(struct htmlstyle_look *look, const struct htmlstyle *own)
{
	bool empty = own->off & (HTMLSTYLE_WIDTH | HTMLSTYLE_HEIGHT);

	if (own->off & (HTMLSTYLE_DISPLAY | HTMLSTYLE_OPACITY | HTMLSTYLE_MSO_HIDE))
		look->hidden = HTMLSTYLE_NOT_DISPLAYED;
	else if (own->off & HTMLSTYLE_POSITION || (empty && own->off & HTMLSTYLE_OVERFLOW))
		look->hidden = look->hidden ? look->hidden : HTMLSTYLE_AWAY;
}

struct htmlstyle_look htmlstyle_look(const struct htmlstyle_look *parent,
				     const struct htmlstyle *own)
{
	struct htmlstyle_look look = *parent;

	if (!own->set)
		return look;
	look_at_box(&look, own);
	if (own->set & HTMLSTYLE_VISIBILITY)
		look.invisible = own->off & HTMLSTYLE_VISIBILITY;
	if (own->set & HTMLSTYLE_FONT)
		look.font = own->font_relative ? parent->font * own->font : own->font;
	if (own->set & HTMLSTYLE_COLOUR)
		look.colour = own->colour;
	if (own->set & ~own->off & HTMLSTYLE_BACKGROUND)
		look.background = own->background;
	return look;
}

static int32_t distance(int32_t a, int32_t b)
{
	int32_t sum = 0;

	for (int shift = 0; shift < 24; shift += 8) {
		int32_t d = (a >> shift & 0xff) - (b >> shift & 0xff);

		sum += d < 0 ? -d : d;
	}
	return sum;
}

enum htmlstyle_hidden htmlstyle_hides(const struct htmlstyle_look *look)
{
	if (look->hidden)
		return look->hidden;
	if (look->invisible)
		return HTMLSTYLE_NOT_DISPLAYED;
	if (look->font < TINY)
		return HTMLSTYLE_TINY;
	if (look->colour >= 0 && look->background >= 0 &&
	    distance(look->colour, look->background) <= NEAR_COLOUR)
		return HTMLSTYLE_CAMOUFLAGED;
	return HTMLSTYLE_SHOWN;
}
