#include "base/num.h"

int num_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool digits(str s, unsigned base, uint64_t *ret)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int d = num_hex_digit(s.p[i]);

		if (d < 0 || (unsigned)d >= base)
			return false;
		if (!mul_ok(v, (uint64_t)base, &v) || !add_ok(v, (uint64_t)d, &v))
			return false;
	}
	*ret = v;
	return true;
}

bool num_u64(str s, uint64_t *ret)
{
	return digits(s, 10, ret);
}

bool num_u64_max(str s, uint64_t max, uint64_t *ret)
{
	uint64_t v;

	if (!num_u64(s, &v) || v > max)
		return false;
	*ret = v;
	return true;
}

bool num_hex(str s, uint64_t *ret)
{
	return digits(s, 16, ret);
}

bool num_i64(str s, int64_t *ret)
{
	bool minus = s.n && s.p[0] == '-';
	uint64_t v;

	if (!num_u64(minus ? str_skip(s, 1) : s, &v) || v > (uint64_t)INT64_MAX + minus)
		return false;
	*ret = minus ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

bool num_double(str s, double *ret)
{
	bool minus = s.n && s.p[0] == '-';
	str rest = minus || (s.n && s.p[0] == '+') ? str_skip(s, 1) : s;
	size_t dot = str_chr(rest, '.');
	str whole = dot == STR_NONE ? rest : str_sub(rest, 0, dot);
	str part = dot == STR_NONE ? STR_NULL : str_skip(rest, dot + 1);
	uint64_t w = 0, f = 0;
	double scale = 1;

	if (whole.n + part.n == 0 || whole.n + part.n > 15)
		return false;
	if (whole.n && !num_u64(whole, &w))
		return false;
	if (dot != STR_NONE && (part.n == 0 || !num_u64(part, &f)))
		return false;
	for (size_t i = 0; i < part.n; i++)
		scale *= 10;
	*ret = (minus ? -1 : 1) * ((double)w + (double)f / scale);
	return true;
}

struct unit {
	str name;
	uint64_t factor;
};

static bool with_unit(str s, const struct unit *units, size_t n, uint64_t *ret)
{
	size_t end = 0;
	uint64_t v;
	str unit;

	while (end < s.n && str_is_digit(s.p[end]))
		end++;
	unit = str_trim(str_skip(s, end));
	if (!num_u64(str_sub(s, 0, end), &v))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (str_caseeq(unit, units[i].name))
			return mul_ok(v, units[i].factor, ret);
	}
	return false;
}

bool num_size(str s, uint64_t *ret_bytes)
{
	static const struct unit units[] = {
		{ STR(""), 1 },		 { STR("B"), 1 },	    { STR("KB"), 1000 },
		{ STR("MB"), 1000000 },	 { STR("GB"), 1000000000 }, { STR("KiB"), 1024 },
		{ STR("MiB"), 1 << 20 }, { STR("GiB"), 1 << 30 },
	};
	uint64_t v;

	if (!with_unit(s, units, ARRAY_LEN(units), &v))
		return false;
	*ret_bytes = v;
	return true;
}

bool num_duration(str s, uint64_t *ret_ms)
{
	static const struct unit units[] = {
		{ STR("ms"), 1 },      { STR("s"), 1000 },     { STR("m"), 60000 },
		{ STR("h"), 3600000 }, { STR("d"), 86400000 },
	};
	uint64_t v;

	if (!with_unit(s, units, ARRAY_LEN(units), &v))
		return false;
	*ret_ms = v;
	return true;
}
