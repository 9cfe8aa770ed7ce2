#include "mail/msgid.h"

#include "base/ip.h"

enum { MSGID_MAX = 998 }; /* a line (RFC 5322 2.1.1) */

/* What stands between the brackets; a comment may follow them. */
static str inside(str value, uint32_t *flags)
{
	size_t close = str_chr(value, '>');

	if (!str_starts(value, STR("<")) || close == STR_NONE) {
		*flags |= MSGID_NO_BRACKETS;
		return value;
	}
	if (close + 1 < value.n && value.p[close + 1] != ' ' && value.p[close + 1] != '(')
		*flags |= MSGID_INVALID;
	return str_sub(value, 1, close);
}

static bool has_foreign_bytes(str id)
{
	for (size_t i = 0; i < id.n; i++) {
		if (id.p[i] <= ' ' || id.p[i] >= 0x7f || id.p[i] == '<' || id.p[i] == '>')
			return true;
	}
	return false;
}

static uint32_t judge_right(str right)
{
	struct ip ip;

	if (str_starts(right, STR("[")) && str_ends(right, STR("]")))
		return MSGID_IP_LITERAL;
	if (ip_parse(right, &ip))
		return MSGID_BARE_IP;
	return str_chr(right, '.') == STR_NONE ? MSGID_NOT_FQDN : 0;
}

struct msgid msgid_read(str value)
{
	struct msgid m = { .left = STR(""), .right = STR("") };
	str id = inside(str_trim(value), &m.flags);
	size_t at = str_rchr(id, '@');

	if (at == STR_NONE || at == 0 || at + 1 == id.n || id.n > MSGID_MAX ||
	    has_foreign_bytes(id))
		m.flags |= MSGID_INVALID;
	if (at == STR_NONE) {
		m.left = id;
		return m;
	}
	m.left = str_sub(id, 0, at);
	m.right = str_skip(id, at + 1);
	if (!(m.flags & MSGID_INVALID))
		m.flags |= judge_right(m.right);
	return m;
}
