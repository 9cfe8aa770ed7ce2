#include "url/urlip.h"

#include "base/num.h"

enum { V4_PARTS = 4, PIECES = 8 };

/* One part: decimal, "0x" hexadecimal (alone: 0), "0" octal. Too large stays too large. */
static bool parse_number(str s, uint64_t *ret)
{
	unsigned base = 10;
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	if (s.n >= 2 && s.p[0] == '0') {
		base = s.p[1] == 'x' || s.p[1] == 'X' ? 16 : 8;
		s = str_skip(s, base == 16 ? 2 : 1);
	}
	for (size_t i = 0; i < s.n; i++) {
		int digit = num_hex_digit(s.p[i]);

		if (digit < 0 || (unsigned)digit >= base)
			return false;
		if (v <= UINT32_MAX)
			v = v * base + (unsigned)digit;
	}
	*ret = v;
	return true;
}

static bool all_digits(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!str_is_digit(s.p[i]))
			return false;
	}
	return s.n > 0;
}

bool urlip_ends_in_number(str s)
{
	size_t dot;
	uint64_t v;
	str last;

	if (s.n && s.p[s.n - 1] == '.')
		s.n--;
	dot = str_rchr(s, '.');
	last = dot == STR_NONE ? s : str_skip(s, dot + 1);
	return all_digits(last) || parse_number(last, &v);
}

bool urlip_v4_parse(str s, uint32_t *ret)
{
	uint64_t v[V4_PARTS];
	uint64_t sum = 0;
	size_t n = 0;
	str part;

	if (s.n && s.p[s.n - 1] == '.')
		s.n--;
	while (str_split(&s, '.', &part)) {
		if (n == V4_PARTS || !parse_number(part, &v[n++]))
			return false;
	}
	if (n == 0 || v[n - 1] >= 1ull << (8 * (V4_PARTS + 1 - n)))
		return false;
	for (size_t i = 0; i + 1 < n; i++) {
		if (v[i] > 255)
			return false;
		sum |= v[i] << (8 * (V4_PARTS - 1 - i));
	}
	*ret = (uint32_t)(sum + v[n - 1]);
	return true;
}

/* The dotted end of an IPv6 address: four decimal bytes without leading zeros, to the end. */
static bool parse_dotted(str s, uint16_t pair[2])
{
	unsigned v[V4_PARTS];
	size_t n = 0;
	str part;

	while (str_split(&s, '.', &part)) {
		uint64_t x;

		if (n == V4_PARTS || !num_u64_max(part, 255, &x) ||
		    (part.n > 1 && part.p[0] == '0'))
			return false;
		v[n++] = (unsigned)x;
	}
	if (n != V4_PARTS)
		return false;
	pair[0] = (uint16_t)(v[0] << 8 | v[1]);
	pair[1] = (uint16_t)(v[2] << 8 | v[3]);
	return true;
}

/* Up to four hexadecimal digits. */
static size_t parse_piece(str s, size_t at, uint16_t *ret)
{
	size_t n = 0;
	unsigned v = 0;

	while (n < 4 && at + n < s.n && num_hex_digit(s.p[at + n]) >= 0)
		v = v * 16 + (unsigned)num_hex_digit(s.p[at + n++]);
	*ret = (uint16_t)v;
	return n;
}

/* What stands behind "::" moves to the end. */
static void spread(uint16_t *piece, size_t n, size_t gap)
{
	size_t moved = n - gap;

	memmove(piece + PIECES - moved, piece + gap, moved * sizeof(*piece));
	memset(piece + gap, 0, (PIECES - n) * sizeof(*piece));
}

bool urlip_v6_parse(str s, uint8_t ret[IP_V6])
{
	uint16_t piece[PIECES] = { 0 };
	size_t n = 0, gap = STR_NONE, i = 0;

	if (str_starts(s, STR("::"))) {
		gap = 0;
		i = 2;
	}
	while (i < s.n) {
		size_t digits;

		if (n == PIECES)
			return false;
		if (s.p[i] == ':') {
			if (gap != STR_NONE || i == 0)
				return false;
			gap = n;
			i++;
			continue;
		}
		digits = parse_piece(s, i, &piece[n]);
		if (digits && i + digits < s.n && s.p[i + digits] == '.') {
			if (n > PIECES - 2 || !parse_dotted(str_skip(s, i), &piece[n]))
				return false;
			n += 2;
			break;
		}
		i += digits;
		n++;
		if (digits == 0 || (i < s.n && s.p[i] != ':') || i + 1 == s.n)
			return false;
		i += i < s.n;
	}
	if (gap == STR_NONE ? n != PIECES : n == PIECES)
		return false;
	if (gap != STR_NONE)
		spread(piece, n, gap);
	for (i = 0; i < PIECES; i++) {
		ret[2 * i] = (uint8_t)(piece[i] >> 8);
		ret[2 * i + 1] = (uint8_t)piece[i];
	}
	return true;
}

/* The first longest run of at least two zero pieces. */
static size_t longest_zeros(const uint16_t *piece, size_t *ret_n)
{
	size_t best = PIECES, best_n = 1;

	for (size_t i = 0; i < PIECES; i++) {
		size_t n = 0;

		while (i + n < PIECES && piece[i + n] == 0)
			n++;
		if (n > best_n) {
			best = i;
			best_n = n;
		}
	}
	*ret_n = best_n;
	return best;
}

str urlip_v6_text(struct arena *a, const uint8_t bytes[IP_V6])
{
	struct strbuf b = strbuf_make(a, IP_TEXT_MAX + 2);
	uint16_t piece[PIECES];
	size_t zeros, n_zeros;

	for (size_t i = 0; i < PIECES; i++)
		piece[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
	zeros = longest_zeros(piece, &n_zeros);
	strbuf_char(&b, '[');
	for (size_t i = 0; i < PIECES; i++) {
		if (i == zeros) {
			strbuf_put(&b, i == 0 ? STR("::") : STR(":"));
			i += n_zeros - 1;
			continue;
		}
		strbuf_fmt(&b, "%x", piece[i]);
		if (i < PIECES - 1)
			strbuf_char(&b, ':');
	}
	strbuf_char(&b, ']');
	return strbuf_str(&b);
}
