/* Colours (CSS Color 4): the forms and names in which text is hidden. */
#include "html/htmlstyle.h"

#include "base/num.h"

/* Names of colours near white, near black, and the sixteen of HTML 4. */
static const struct {
	str name;
	int32_t value;
} names[] = {
	{ STR("white"), 0xffffff },	  { STR("black"), 0x000000 },
	{ STR("snow"), 0xfffafa },	  { STR("ivory"), 0xfffff0 },
	{ STR("azure"), 0xf0ffff },	  { STR("mintcream"), 0xf5fffa },
	{ STR("ghostwhite"), 0xf8f8ff },  { STR("whitesmoke"), 0xf5f5f5 },
	{ STR("floralwhite"), 0xfffaf0 }, { STR("seashell"), 0xfff5ee },
	{ STR("aliceblue"), 0xf0f8ff },	  { STR("silver"), 0xc0c0c0 },
	{ STR("gray"), 0x808080 },	  { STR("grey"), 0x808080 },
	{ STR("red"), 0xff0000 },	  { STR("maroon"), 0x800000 },
	{ STR("yellow"), 0xffff00 },	  { STR("olive"), 0x808000 },
	{ STR("lime"), 0x00ff00 },	  { STR("green"), 0x008000 },
	{ STR("aqua"), 0x00ffff },	  { STR("teal"), 0x008080 },
	{ STR("blue"), 0x0000ff },	  { STR("navy"), 0x000080 },
	{ STR("fuchsia"), 0xff00ff },	  { STR("purple"), 0x800080 },
};

/* "f0a", "ff00aa", with or without alpha. */
static int32_t hexadecimal(str s)
{
	uint32_t value = 0;

	if (s.n != 3 && s.n != 4 && s.n != 6 && s.n != 8)
		return HTMLSTYLE_NO_COLOUR;
	for (size_t i = 0; i < (s.n > 4 ? 6 : 3); i++) {
		int digit = num_hex_digit(s.p[i]);

		if (digit < 0)
			return HTMLSTYLE_NO_COLOUR;
		value = value << 4 | (uint32_t)digit;
		if (s.n <= 4)
			value = value << 4 | (uint32_t)digit;
	}
	return (int32_t)value;
}

/* "rgb(255, 0 0)", "rgba(...)", numbers or percentages. */
static int32_t rgb(str s)
{
	int32_t value = 0;
	int found = 0;
	size_t i = str_chr(s, '(');

	for (i = i == STR_NONE ? s.n : i + 1; i < s.n && found < 3; i++) {
		int32_t n = 0;

		if (!str_is_digit(s.p[i]))
			continue;
		for (; i < s.n && str_is_digit(s.p[i]); i++)
			n = n < 1000 ? n * 10 + (s.p[i] - '0') : n;
		while (i < s.n && (s.p[i] == '.' || str_is_digit(s.p[i])))
			i++;
		if (i < s.n && s.p[i] == '%')
			n = n * 255 / 100;
		value = value << 8 | (n > 255 ? 255 : n);
		found++;
	}
	return found == 3 ? value : HTMLSTYLE_NO_COLOUR;
}

int32_t htmlstyle_colour(str value)
{
	value = str_trim(value);
	if (str_starts(value, STR("#")))
		return hexadecimal(str_skip(value, 1));
	if (str_casestarts(value, STR("rgb")))
		return rgb(value);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_caseeq(value, names[i].name))
			return names[i].value;
	}
	return hexadecimal(value);
}
