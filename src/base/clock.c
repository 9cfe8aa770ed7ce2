#include "base/clock.h"

#include "base/num.h"

#include <limits.h>
#include <time.h>

static int64_t read_us(clockid_t id)
{
	struct timespec t;

	bug_if(clock_gettime(id, &t) < 0);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int64_t clock_now_ms(void)
{
	return clock_now_us() / 1000;
}

int64_t clock_wall_ms(void)
{
	return read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_wall(void)
{
	return clock_wall_ms() / 1000;
}

int clock_left(deadline d)
{
	int64_t left = d - clock_now_ms();

	if (left <= 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

enum { YEAR_MIN = 1900, YEAR_MAX = 9999 };

static const char month_names[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char day_names[7][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };

struct civil {
	int64_t year, month, day, hour, minute, second, weekday; /* weekday 0 = Thursday */
};

/* Days since 1970-01-01 of a proleptic Gregorian date. */
static int64_t days_of(int64_t y, int64_t m, int64_t d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static struct civil civil_of(int64_t wall)
{
	int64_t days = wall / 86400 - (wall % 86400 < 0);
	int64_t rest = wall - days * 86400;
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int64_t month = mp < 10 ? mp + 3 : mp - 9;

	return (struct civil){
		.year = yoe + era * 400 + (month <= 2),
		.month = month,
		.day = doy - (153 * mp + 2) / 5 + 1,
		.hour = rest / 3600,
		.minute = rest / 60 % 60,
		.second = rest % 60,
		.weekday = ((days % 7) + 7) % 7,
	};
}

/* At least that many digits, with zeros in front. */
static void put_digits(struct strbuf *b, int64_t n, int64_t least)
{
	for (; least > 1 && n >= 0 && n < least; least /= 10)
		strbuf_char(b, '0');
	strbuf_int(b, n);
}

static void put_time(struct strbuf *b, const struct civil *c)
{
	put_digits(b, c->hour, 10);
	strbuf_char(b, ':');
	put_digits(b, c->minute, 10);
	strbuf_char(b, ':');
	put_digits(b, c->second, 10);
}

void clock_put_rfc5322(struct strbuf *b, int64_t wall)
{
	struct civil c = civil_of(wall);

	strbuf_put(b, str_c(day_names[c.weekday]));
	strbuf_put(b, STR(", "));
	put_digits(b, c.day, 10);
	strbuf_char(b, ' ');
	strbuf_put(b, str_c(month_names[c.month - 1]));
	strbuf_char(b, ' ');
	put_digits(b, c.year, 1000);
	strbuf_char(b, ' ');
	put_time(b, &c);
	strbuf_put(b, STR(" +0000"));
}

void clock_put_rfc3339(struct strbuf *b, int64_t wall)
{
	struct civil c = civil_of(wall);

	put_digits(b, c.year, 1000);
	strbuf_char(b, '-');
	put_digits(b, c.month, 10);
	strbuf_char(b, '-');
	put_digits(b, c.day, 10);
	strbuf_char(b, 'T');
	put_time(b, &c);
	strbuf_char(b, 'Z');
}

static bool in_range(const struct civil *c)
{
	return c->year >= YEAR_MIN && c->year <= YEAR_MAX && c->month >= 1 && c->month <= 12 &&
	       c->day >= 1 && c->day <= 31 && c->hour <= 23 && c->minute <= 59 && c->second <= 60;
}

/* A zone may move the first and the last day out of the years that can be written. */
static bool wall_of(const struct civil *c, int64_t offset_minutes, int64_t *ret_wall)
{
	int64_t wall = days_of(c->year, c->month, c->day) * 86400 + c->hour * 3600 +
		       c->minute * 60 + c->second - offset_minutes * 60;
	int64_t year = civil_of(wall).year;

	if (year < YEAR_MIN || year > YEAR_MAX)
		return false;
	*ret_wall = wall;
	return true;
}

/* Digits of s[from, from + n), or a value that in_range refuses. */
static int64_t field(str s, size_t from, size_t n)
{
	uint64_t v;

	return from + n <= s.n && num_u64(str_sub(s, from, from + n), &v) ? (int64_t)v : 99999;
}

/* "+0130" or "+01:30" in minutes. */
static bool offset_of(str s, int64_t *ret)
{
	size_t colon = s.n == 6 && s.p[3] == ':';
	int64_t h, m;

	if (s.n != 5 + colon || (s.p[0] != '+' && s.p[0] != '-'))
		return false;
	h = field(s, 1, 2);
	m = field(s, 3 + colon, 2);
	if (h > 23 || m > 59)
		return false;
	*ret = (s.p[0] == '-' ? -1 : 1) * (h * 60 + m);
	return true;
}

bool clock_parse_rfc3339(str s, int64_t *ret_wall)
{
	struct civil c;
	int64_t offset = 0;
	size_t at = 19;

	if (s.n < 20 || s.p[4] != '-' || s.p[7] != '-' ||
	    (s.p[10] != 'T' && s.p[10] != 't' && s.p[10] != ' '))
		return false;
	if (s.p[13] != ':' || s.p[16] != ':')
		return false;
	c = (struct civil){ field(s, 0, 4),
			    field(s, 5, 2),
			    field(s, 8, 2),
			    field(s, 11, 2),
			    field(s, 14, 2),
			    field(s, 17, 2),
			    0 };
	if (s.p[at] == '.') {
		at++;
		while (at < s.n && str_is_digit(s.p[at]))
			at++;
	}
	if (!in_range(&c))
		return false;
	if (!str_caseeq(str_skip(s, at), STR("Z")) && !offset_of(str_skip(s, at), &offset))
		return false;
	return wall_of(&c, offset, ret_wall);
}

static str token(str *s)
{
	size_t n = 0;
	str t;

	*s = str_trim(*s);
	while (n < s->n && !str_is_space(s->p[n]) && s->p[n] != ',')
		n++;
	t = str_sub(*s, 0, n);
	*s = str_skip(*s, n < s->n && s->p[n] == ',' ? n + 1 : n);
	return t;
}

static int64_t month_of(str name)
{
	for (int64_t i = 0; i < 12; i++) {
		if (str_caseeq(name, str_c(month_names[i])))
			return i + 1;
	}
	return 99999;
}

bool clock_parse_rfc5322(str s, int64_t *ret_wall)
{
	struct civil c = { 0 };
	int64_t offset = 0;
	str t = token(&s);

	if (t.n && str_is_alpha(t.p[0]))
		t = token(&s); /* the day name is optional and not believed */
	c.day = field(t, 0, t.n);
	c.month = month_of(token(&s));
	t = token(&s);
	c.year = field(t, 0, t.n);
	if (t.n == 2)
		c.year += c.year < 50 ? 2000 : 1900;
	else if (t.n == 3)
		c.year += 1900;
	t = token(&s);
	if ((t.n != 5 && t.n != 8) || t.p[2] != ':' || (t.n == 8 && t.p[5] != ':'))
		return false;
	c.hour = field(t, 0, 2);
	c.minute = field(t, 3, 2);
	c.second = t.n == 8 ? field(t, 6, 2) : 0;
	t = token(&s);
	if (!in_range(&c) || t.n == 0)
		return false;
	if (!str_is_alpha(t.p[0]) && !offset_of(t, &offset))
		return false;
	return wall_of(&c, offset, ret_wall);
}
