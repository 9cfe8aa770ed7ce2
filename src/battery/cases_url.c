/* T071, T073 to T075, T078, T109: links. */
#include "battery/fixture.h"

#define QUAR_OR_REJECT (BATTERY_QUARANTINE | BATTERY_REJECT)
#define FLAG_OR_MORE (BATTERY_FLAG | QUAR_OR_REJECT)

/* In 8bit, so that the bytes are what the case says. */
static str body(struct kit *k, const char *type, const char *text)
{
	return kit_fmt(
		k,
		"Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s\r\n",
		type, text);
}

static void send_text(struct kit *k, const char *variant, const char *text)
{
	struct kit_mail m = kit_mail(k);

	m.entity = body(k, "text/plain", kit_fmt(k, "Bonjour, voir %s pour la suite.", text).p);
	kit_send(k, variant, &m);
}

static void send_page(struct kit *k, const char *variant, const char *html)
{
	struct kit_mail m = kit_mail(k);

	m.entity = body(k, "text/html",
			kit_fmt(k, "<html><body><p>Bonjour</p>%s</body></html>", html).p);
	kit_send(k, variant, &m);
}

static void by_address(struct kit *k)
{
	kit_expect(k, FLAG_OR_MORE, "URL_WITH_IP");
	send_text(k, "c", "http://203.0.113.7/login");
	send_text(k, "d1", "http://3405803783/");
	send_text(k, "d2", "http://0xCB.0x0.0x71.0x7/");
	send_text(k, "d3", "http://0313.0.0161.7/");
	send_text(k, "d4", "http://[2001:db8::7]/");
	kit_expect(k, FLAG_OR_MORE, "URL_WITH_NO_STANDARD_PORT");
	send_text(k, "e", "http://host.example:8081/");
	kit_expect(k, FLAG_OR_MORE, "PHISHING");
	send_page(k, "f",
		  "<a href=\"https://hacker.example/login\">https://www.banque.example/login</a>");
}

static void obscured(struct kit *k)
{
	send_text(k, "a", "http://www.banque.example@evil.example/");
	send_page(k, "b", "<a href=\"http://%65vil.ex%61mple/\">suite</a>");
	send_page(k, "c",
		  "<a href=\"http://evil\xe3\x80\x82"
		  "example/\">suite</a>");
	send_page(k, "d", "<a href=\"http://ev\xe2\x80\x8bil.example/\">suite</a>");
	send_page(k, "e", "<a href=\"http:\\\\evil.example\\a\">suite</a>");
	send_page(k, "f", "<a href=\"ht\ttp://ev\nil.example/\">suite</a>");
	send_page(k, "g", "<a href=\"http:///evil.example/\">suite</a>");
}

static void homograph(struct kit *k)
{
	send_text(k, "a", "https://h\xd0\xbepital.example/");
	send_text(k, "b", "https://xn--hpital-wqf.example/");
	send_page(k, "c", "<a href=\"https://b\xd0\xb0nqu\xd0\xb5.example/\">suite</a>");
	kit_expect(k, FLAG_OR_MORE, "PHISHING");
	send_page(k, "d",
		  "<a href=\"https://b\xd0\xb0nque.example/\">https://www.banque.example/</a>");
}

static void suspect(struct kit *k)
{
	kit_expect(k, FLAG_OR_MORE, "URL_WITH_SUSPECT_SUBHOST");
	send_text(k, "a", "http://paypal.com.hacker.example/login.html");
	kit_expect(k, FLAG_OR_MORE, "SUBHOST_HAS_LOTOF_PART");
	send_text(k, "b", "http://a.b.c.d.e.hacker.example/");
	kit_expect(k, FLAG_OR_MORE, "URL_SUSPECT_PATH");
	send_text(k, "c", "http://hacker.example/paypal.com/login.html");
	send_text(k, "g", "http://hacker.example/wp-content/a/b.php");
	kit_expect(k, FLAG_OR_MORE, "URL_USE_FREEHOST");
	send_text(k, "d", "http://x.wixsite.com/owa");
	kit_expect(k, FLAG_OR_MORE, "URL_DOWNLOAD_ON_FREESITE");
	send_text(k, "e", "https://drive.google.com/uc?id=1&export=download");
	send_text(k, "f", "https://pastebin.com/raw/abcd");
}

static void broken_html(struct kit *k)
{
	kit_expect(k, BATTERY_ACCEPT | FLAG_OR_MORE, NULL);
	send_page(k, "a", "<a href=\"http://203.0.113.7/\" unclosed");
	kit_expect(k, FLAG_OR_MORE, "URL_WITH_IP");
	send_page(k, "b", "<a href=http://203.0.113.7/a>x");
	send_page(k, "c", "<a/href=\"http://203.0.113.7/\">x</a>");
	send_page(k, "d", "<a href=\"http://203.0.\n113.7/\">x</a>");
	send_page(k, "e", "<a href=\"http://203.0.113.7/\" href=\"http://partner.example/\">x</a>");
	send_page(k, "f", "<!--><a href=\"http://203.0.113.7/\">x</a>");
}

static void encoded_html(struct kit *k)
{
	kit_expect(k, FLAG_OR_MORE, "URL_WITH_IP");
	send_page(k, "a", "<a href=\"&#104;&#x74;tp://203.0.113.7/\">x</a>");
	send_page(k, "c", "<base href=\"//203.0.113.7/\"><a href=\"a/b\">x</a>");
	send_page(k, "g", "<div style=\"background:url(http://203.0.113.7/a.png)\">x</div>");
	send_page(k, "h", "<img srcset=\"http://203.0.113.7/a.png 2x\">");
	send_page(k, "j", "<button formaction=\"http://203.0.113.7/\">x</button>");
	send_page(k, "k", "<meta http-equiv=\"refresh\" content=\"0;url=http://203.0.113.7/\">");
	kit_expect(k, FLAG_OR_MORE, NULL);
	send_page(k, "d",
		  "<a href=\"data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==\">x</a>");
	send_page(k, "e", "<a href=\"javascript:alert(1)\">x</a>");
	kit_expect(k, FLAG_OR_MORE, "HTML_WITH_FORM");
	send_page(k, "i", "<form action=\"http://203.0.113.7/\"><input name=a></form>");
}

static void hidden_text(struct kit *k)
{
	send_page(k, "a", "<span style=\"font-size:0\">mots cach\xc3\xa9s ici</span>");
	send_page(k, "b",
		  "<span style=\"color:#ffffff;background-color:#fff\">mots cach\xc3\xa9s "
		  "ici</span>");
	send_page(k, "c",
		  "<div style=\"display:none\">mots cach\xc3\xa9s ici pour le filtre, longs et "
		  "nombreux</div>");
}

static void forms(struct kit *k)
{
	kit_expect(k, QUAR_OR_REJECT, "HTML_WITH_FORM");
	send_page(k, "a",
		  "<form action=\"https://hacker.example/\"><input name=u><input type=password "
		  "name=p></form>");
	kit_expect(k, FLAG_OR_MORE, NULL);
	send_page(k, "b", "<iframe src=\"https://hacker.example/\"></iframe>");
	send_page(k, "c", "<meta http-equiv=refresh content=\"1; url=https://hacker.example/\">");
}

#define ROW(id, what, symbols, make)                                                               \
	{                                                                                          \
		id, "link", what, FLAG_OR_MORE, symbols, make, false                               \
	}

const struct battery_case cases_url[] = {
	ROW("T071", "Links by address, port, or another text", NULL, by_address),
	ROW("T073", "Obscured links", "R_SUSPICIOUS_URL", obscured),
	ROW("T074", "Hosts in letters of another script", "OMOGRAPH_URL", homograph),
	ROW("T075", "Suspect links", NULL, suspect),
	ROW("T167", "Broken HTML around a link", NULL, broken_html),
	ROW("T168", "Encodings around a link", NULL, encoded_html),
	ROW("T169", "Hidden text", "HTML_HIDDEN_TEXT|ZERO_FONT|R_WHITE_ON_WHITE", hidden_text),
	ROW("T170", "Forms, frames, redirections", NULL, forms),
	{ 0 }
};
