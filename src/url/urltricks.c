#include "url/urltricks.h"

#include "base/num.h"
#include "base/utf8.h"
#include "url/urlcode.h"
#include "url/urlorg.h"

#include <unicode/uscript.h>
#include <unicode/uspoof.h>

enum { MANY_LABELS = 3, MANY_ESCAPES = 3, SKELETON_MAX = 1024 };

/* Alphabets whose letters are taken for one another. */
static int alphabet(uint32_t cp)
{
	UErrorCode e = U_ZERO_ERROR;
	UScriptCode script;

	if (cp < 0x80)
		return str_is_alpha((char)cp) ? USCRIPT_LATIN : USCRIPT_COMMON;
	script = uscript_getScript((UChar32)cp, &e);
	return script == USCRIPT_LATIN || script == USCRIPT_CYRILLIC || script == USCRIPT_GREEK ||
			       script == USCRIPT_ARMENIAN || script == USCRIPT_CHEROKEE ||
			       script == USCRIPT_COPTIC
		       ? (int)script
		       : USCRIPT_COMMON;
}

/* Letters of two of these alphabets stand in one word. */
static bool mixed_word(str s)
{
	int seen = USCRIPT_COMMON;

	for (size_t i = 0; i < s.n;) {
		uint32_t cp = 0;
		size_t n = utf8_next(str_skip(s, i), &cp);
		int now = n ? alphabet(cp) : USCRIPT_COMMON;

		if (now != USCRIPT_COMMON && seen != USCRIPT_COMMON && now != seen)
			return true;
		if (n <= 1 && now == USCRIPT_COMMON)
			seen = USCRIPT_COMMON; /* ASCII that is no letter ends a word */
		else if (now != USCRIPT_COMMON)
			seen = now;
		i += n ? n : 1;
	}
	return false;
}

/* To a reader the label looks like ASCII, which it is not. */
static bool looks_ascii(const USpoofChecker *checker, str label)
{
	UErrorCode e = U_ZERO_ERROR;
	char skeleton[SKELETON_MAX];
	int32_t n;

	if (urlhost_ascii(label) || label.n > URLORG_MAX)
		return false;
	n = uspoof_getSkeletonUTF8(checker, 0, label.p, (int32_t)label.n, skeleton,
				   (int32_t)sizeof(skeleton), &e);
	return U_SUCCESS(e) && urlhost_ascii(str_of(skeleton, (size_t)n));
}

/* A name that is foreign to its end is an honest one ("xn--p1ai"); below an ASCII domain
 * nobody needs Cyrillic that reads as Latin. */
static bool homograph(str name)
{
	size_t dot = str_rchr(name, '.');
	UErrorCode e = U_ZERO_ERROR;
	USpoofChecker *checker;
	bool found = false;
	str label;

	if (dot == STR_NONE || !urlhost_ascii(str_skip(name, dot)))
		return false;
	checker = uspoof_open(&e);
	while (U_SUCCESS(e) && !found && str_split(&name, '.', &label))
		found = looks_ascii(checker, label);
	uspoof_close(checker);
	return found;
}

static uint32_t name_tricks(const struct urlhost *host)
{
	str seen = host->unicode;
	uint32_t set = 0;

	if (urlorg_labels_before(host->text) >= MANY_LABELS)
		set |= URLTRICK_LABELS;
	if (urlhost_ascii(seen))
		return set;
	if (homograph(seen))
		set |= URLTRICK_HOMOGRAPH;
	return set | (mixed_word(seen) ? URLTRICK_MIXED : 0);
}

/* "%61", and "%2561" for programs that decode twice. */
static size_t needless_escapes(str path)
{
	size_t n = 0;

	for (size_t i = 0; i < path.n; i++) {
		size_t at = i;

		if (!urlcode_escape_at(path, i))
			continue;
		if (str_starts(str_skip(path, i), STR("%25")) && i + 4 < path.n &&
		    num_hex_digit(path.p[i + 3]) >= 0 && num_hex_digit(path.p[i + 4]) >= 0)
			at = i + 2;
		n += str_is_alnum(
			(char)(num_hex_digit(path.p[at + 1]) * 16 + num_hex_digit(path.p[at + 2])));
		i = at + 2;
	}
	return n;
}

static uint32_t path_tricks(struct arena *a, const struct url *u)
{
	struct strbuf b;
	uint32_t set = 0;

	if (str_chr(u->path, '%') == STR_NONE)
		return 0;
	if (needless_escapes(u->path) >= MANY_ESCAPES)
		set |= URLTRICK_ESCAPES;
	b = strbuf_make(a, u->path.n);
	urlcode_decode(&b, u->path);
	return set | (mixed_word(strbuf_str(&b)) ? URLTRICK_MIXED : 0);
}

/* Devices in the house have no name; nobody outside can put a page there. */
static bool private_address(struct ip ip)
{
	static const struct {
		uint8_t n, bytes[2], prefix;
	} nets[] = {
		{ IP_V4, { 10 }, 8 },	       { IP_V4, { 127 }, 8 },
		{ IP_V4, { 172, 16 }, 12 },    { IP_V4, { 192, 168 }, 16 },
		{ IP_V4, { 169, 254 }, 16 },   { IP_V6, { 0xfc }, 7 },
		{ IP_V6, { 0xfe, 0x80 }, 10 },
	};

	for (size_t i = 0; i < ARRAY_LEN(nets); i++) {
		struct ip net = { .n = nets[i].n };

		memcpy(net.bytes, nets[i].bytes, sizeof(nets[i].bytes));
		if (ip_in(ip, net, nets[i].prefix))
			return true;
	}
	return false;
}

static bool like_host(str user)
{
	size_t dot = str_chr(user, '.');

	return (dot != STR_NONE && dot > 0 && dot + 1 < user.n) ||
	       str_casefind(user, STR("%2e")) != STR_NONE ||
	       str_casefind(user, STR("%2f")) != STR_NONE;
}

uint32_t urltricks(struct arena *a, const struct url *u)
{
	uint32_t set = 0;

	if (!url_special(u))
		return 0;
	if (u->host.kind == URLHOST_NAME)
		set |= name_tricks(&u->host);
	else if (u->host.ip.n && !private_address(u->host.ip))
		set |= URLTRICK_IP;
	if (u->port != URL_NO_PORT)
		set |= URLTRICK_PORT;
	if (str_starts(u->scheme, STR("http")) &&
	    (like_host(u->username) || like_host(u->password)))
		set |= URLTRICK_FALSE_HOST;
	return set | path_tricks(a, u);
}
