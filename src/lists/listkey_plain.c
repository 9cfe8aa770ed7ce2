/* What a set needs of its keys. It knows nothing of URLs and of letters outside ASCII, so a process
 * that only asks a set links neither. */
#include "lists/listkey.h"

struct listkey listkey_of_ip(struct ip ip, unsigned prefix, char bytes[1 + IP_V6])
{
	bytes[0] = (char)prefix;
	for (unsigned i = 0; i < ip.n; i++) {
		unsigned kept = prefix > 8 * i ? prefix - 8 * i : 0;
		unsigned mask = kept >= 8 ? 0xff : (0xff00u >> kept) & 0xff;

		bytes[1 + i] = (char)(ip.bytes[i] & mask);
	}
	return (struct listkey){ LISTKEY_NETWORK, str_of(bytes, 1u + ip.n) };
}

static void put_network(struct strbuf *out, str text)
{
	unsigned prefix = (unsigned char)text.p[0];
	struct ip ip = ip_of(text.p + 1, text.n - 1);

	ip_put(out, ip);
	if (prefix != 8u * ip.n)
		strbuf_fmt(out, "/%u", prefix);
}

void listkey_put(struct strbuf *out, struct listkey key)
{
	if (key.kind == LISTKEY_NETWORK) {
		put_network(out, key.text);
		return;
	}
	if (key.kind == LISTKEY_EXACT || key.kind == LISTKEY_URL_EXACT)
		strbuf_char(out, '=');
	if (key.kind == LISTKEY_BELOW)
		strbuf_char(out, '.');
	if (key.kind == LISTKEY_URL || key.kind == LISTKEY_URL_EXACT)
		strbuf_put(out, STR("http://"));
	strbuf_put(out, key.text);
}

/* A star that fails is tried one byte further, and only the last one ever has to be: so the
 * work is at most the product of the lengths, both bounded. */
bool listkey_glob_fits(str glob, str text)
{
	size_t g = 0, t = 0, star = STR_NONE, from = 0;

	while (t < text.n) {
		if (g < glob.n && glob.p[g] == '*') {
			star = g++;
			from = t;
		} else if (g < glob.n &&
			   (glob.p[g] == '?' || glob.p[g] == str_lower_char(text.p[t]))) {
			g++;
			t++;
		} else if (star != STR_NONE) {
			g = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (g < glob.n && glob.p[g] == '*')
		g++;
	return g == glob.n;
}
