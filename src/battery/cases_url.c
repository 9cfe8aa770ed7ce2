/* T071, T073 to T075, T078, T109: links. */
#include "battery/fixture.h"
#include "battery/world.h"

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

	m.entity =
		kit_expand(k,
			   kit_fmt(k,
				   "Content-Type: text/html; charset=utf-8\n"
				   "Content-Transfer-Encoding: 8bit\n\n<html><body><p>Bonjour</p>"
				   "%s</body></html>\n",
				   html)
				   .p,
			   "", STR(""));
	kit_send(k, variant, &m);
}

/* Hosts of zone.c and what their listing means. What only hints is not enough to hold mail. */
static void listed_by_dns(struct kit *k)
{
	static const struct {
		const char *variant, *host, *symbol;
		bool held;
	} listed[] = {
		{ "b1", "dbl2.example", "DBL_SPAM", true },
		{ "b2", "dbl4.example", "DBL_PHISH", true },
		{ "b3", "dbl5.example", "DBL_MALWARE", true },
		{ "b4", "dbl6.example", "DBL_BOTNET", true },
		{ "b5", "surbl8.example", "PH_SURBL_MULTI", true },
		{ "b6", "surbl16.example", "MW_SURBL_MULTI", true },
		{ "b7", "surbl64.example", "JP_SURBL_MULTI", false },
		{ "b8", "surbl128.example", "CRACKED_SURBL", false },
		{ "b9", "uribl2.example", "URIBL_BLACK", true },
		{ "b10", "uribl4.example", "URIBL_GREY", false },
		{ "b11", "uribl8.example", "URIBL_RED", false },
	};
	/* Their words for "you may not ask": nothing is known of the host. */
	static const char *const refused[] = { "dbl255.example", "surbl1.example",
					       "uribl1.example" };

	for (size_t i = 0; i < ARRAY_LEN(listed); i++) {
		kit_expect(k, listed[i].held ? QUAR_OR_REJECT : FLAG_OR_MORE, listed[i].symbol);
		send_text(k, listed[i].variant, kit_fmt(k, "http://%s/a", listed[i].host).p);
	}
	kit_expect(k, BATTERY_ACCEPT, "DBL_PROHIBIT|SURBL_BLOCKED|URIBL_BLOCKED");
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		send_text(k, kit_fmt(k, "bR%zu", i + 1).p, kit_fmt(k, "http://%s/a", refused[i]).p);
}

static void listed_by_feed(struct kit *k)
{
	kit_expect(k, BATTERY_REJECT, "PHISHED_PHISHTANK");
	send_text(k, "a1", "http://evil.example/phishtank/login.html");
	send_page(k, "a2",
		  "<a href=\"http://EVIL.example/phishtank/../phishtank/login.html\">a</a>");
	kit_expect(k, BATTERY_REJECT, "PHISHED_OPENPHISH");
	send_text(k, "a3", "http://evil.example/openphish/");
	kit_expect(k, BATTERY_REJECT, "URLHAUS_ABUSE_CH");
	send_text(k, "a4", "http://evil.example/urlhaus/a.bin");
	kit_expect(k, BATTERY_REJECT, "FEED_URL");
	send_text(k, "a5", "https://sous.domaine." WORLD_LISTED ":8443/a?b=c#d");
	/* Another page of that host is not that page. */
	kit_expect(k, BATTERY_ACCEPT, NULL);
	send_text(k, "aN", "http://partner.example/phishtank/login.html");
	listed_by_dns(k);
}

static void by_address(struct kit *k)
{
	listed_by_feed(k);
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
	send_page(k, "h",
		  "<base href=\"//evil.example/\"><a href=\"hxxp://evil.example/a\">suite</a>");
	/* The same spellings of a host that is listed. */
	kit_expect(k, BATTERY_REJECT, "FEED_URL");
	send_text(k, "aL", "http://www.banque.example@" WORLD_LISTED "/");
	send_page(k, "bL", "<a href=\"http://%6cist%65d.ex%61mple/\">suite</a>");
	send_page(k, "cL",
		  "<a href=\"http://listed\xe3\x80\x82"
		  "example/\">suite</a>");
	send_page(k, "dL", "<a href=\"http://lis\xe2\x80\x8bted.example/\">suite</a>");
	send_page(k, "eL", "<a href=\"http:\\\\" WORLD_LISTED "\\a\">suite</a>");
	send_page(k, "fL", "<a href=\"ht\ttp://li\nsted.example/\">suite</a>");
	send_page(k, "gL", "<a href=\"http:///" WORLD_LISTED "/\">suite</a>");
	send_page(k, "hL", "<base href=\"//" WORLD_LISTED "/\"><a href=\"a/b\">suite</a>");
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
	kit_expect(k, QUAR_OR_REJECT, NULL);
	send_text(k, "acd",
		  "http://paypal.com.hacker.example/login.html puis "
		  "http://hacker.example/paypal.com/login.html et http://x.wixsite.com/owa");
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
	send_page(k, "h", "<!--[if mso]><a href=\"http://203.0.113.7/\">x</a><![endif]-->");
	send_page(k, "h2", "<![if !mso]><a href=\"http://203.0.113.7/\">x</a><![endif]>");
	send_page(k, "i", "<![CDATA[<a href=\"x\">]]><a href=\"http://203.0.113.7/\">x</a>");
	send_page(k, "j", "<body><div><table><a href=http://203.0.113.7/>x");
	send_page(k, "l", "<a href='http://203.0.113.7/\">x</a>'>y</a>");
	send_page(k, "m", "<a title=\">\" href=\"http://203.0.113.7/\">x</a>");
	kit_expect(k, FLAG_OR_MORE, NULL);
	send_page(k, "k",
		  "<a href=\"http://203.0.\2"
		  "113.7/\">x</a>");
	/* No browser makes a link of this one. */
	kit_expect(k, BATTERY_ACCEPT | FLAG_OR_MORE, NULL);
	send_page(k, "g", "<a hr<!-- -->ef=\"http://203.0.113.7/\">x</a>");
	kit_expect(k, BATTERY_REJECT, "FEED_URL");
	send_page(k, "bL", "<a href=http://" WORLD_LISTED "/a>x");
	send_page(k, "eL",
		  "<a href=\"http://" WORLD_LISTED "/\" href=\"http://partner.example/\">x</a>");
	send_page(k, "hL", "<!--[if mso]><a href=\"http://" WORLD_LISTED "/\">x</a><![endif]-->");
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
	send_page(k, "f", "<a href=\"vbscript:msgbox(1)\">x</a>");
	send_page(k, "e2", "<a href=\"java&#9;script&colon;alert(1)\">x</a>");
	kit_expect(k, BATTERY_REJECT, "FEED_URL");
	send_page(k, "aL", "<a href=\"&#x68;ttp&colon;&sol;&sol;listed&period;example/\">x</a>");
	send_page(k, "bL", "<a href=\"http://" WORLD_LISTED "/%2561\">x</a>");
	send_page(k, "cL", "<base href=\"//" WORLD_LISTED "/\"><a href=\"a/b\">x</a>");
	send_page(k, "gL", "<style>p{ background:url(//" WORLD_LISTED "/a.png)}</style><p>x</p>");
	send_page(k, "iL", "<form action=\"http://" WORLD_LISTED "/\"><input name=a></form>");
	send_page(k, "kL",
		  "<meta http-equiv=\"refresh\" content=\"0;URL='http://" WORLD_LISTED "/'\">");
	send_page(k, "lL", "<object data=\"http://" WORLD_LISTED "/a.swf\"></object>");
	send_page(k, "mL", "<video poster=\"http://" WORLD_LISTED "/a.png\"></video>");
	send_page(k, "nL", "<body background=\"http://" WORLD_LISTED "/a.png\">x");
	send_page(k, "oL",
		  "<a href=\"https://www.google.com/url?q=http%3A%2F%2F" WORLD_LISTED
		  "%2Fa&amp;sa=D\">x</a>");
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
	send_page(
		k, "d",
		"<p style=\"text-indent:-9999px\">mots cach\xc3\xa9s ici pour le filtre, longs et "
		"nombreux</p>");
	send_page(k, "e",
		  kit_fmt(k, "<div style=\"max-height:0;overflow:hidden\">%.*s</div>",
			  STR_ARG(kit_repeat(k,
					     STR("Compte rendu de la r\xc3\xa9union du service, "
						 "ordre du jour et participants.<br>\r\n"),
					     500)))
			  .p);
	send_page(k, "g",
		  "<span style=\"opacity:0\">mots cach\xc3\xa9s ici pour le filtre, longs et "
		  "nombreux</span>");
	kit_expect(k, FLAG_OR_MORE, "HTML_IMAGE_ONLY|HTML_TRACKING_PIXEL");
	send_page(k, "f",
		  "<img src=\"https://hacker.example/1.gif\" width=1 height=1><img "
		  "src=\"https://hacker.example/2.gif\" width=1 height=1>");
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
	send_page(k, "b2", "<iframe src=\"file:///c:/windows/win.ini\"></iframe>");
	send_page(k, "b3", "<iframe src=\"data:text/html,bonjour\"></iframe>");
	send_page(k, "b4", "<iframe srcdoc=\"&lt;script&gt;alert(1)&lt;/script&gt;\"></iframe>");
	send_page(k, "d", "<audio autoplay src=\"https://hacker.example/a.mp3\"></audio>");
	send_page(k, "d2", "<video autoplay><source src=\"https://hacker.example/a.mp4\"></video>");
	send_page(k, "e", "<link rel=prefetch href=\"https://hacker.example/a\">");
	/* One field under any name: newsletters have such forms as well. */
	kit_expect(k, FLAG_OR_MORE, "HTML_FORM_FOR_PASSWORD");
	send_page(k, "a2",
		  "<form method=post action=\"https://hacker.example/\">Mot de passe : <input "
		  "name=p><button>Valider</button></form>");
}

#define ROW(id, what, symbols, make)                                                               \
	{                                                                                          \
		id, "link", what, FLAG_OR_MORE, symbols, make, false                               \
	}

const struct battery_case cases_url[] = {
	ROW("T071", "Links that are listed, by address, by port, with another text", NULL,
	    by_address),
	ROW("T073", "Obscured links", "R_SUSPICIOUS_URL", obscured),
	ROW("T074", "Hosts in letters of another script", "OMOGRAPH_URL", homograph),
	ROW("T075", "Suspect links", NULL, suspect),
	ROW("T167", "Broken HTML around a link", NULL, broken_html),
	ROW("T168", "Encodings around a link", NULL, encoded_html),
	ROW("T169", "Hidden text", "HTML_HIDDEN_TEXT|ZERO_FONT|R_WHITE_ON_WHITE", hidden_text),
	ROW("T170", "Forms, frames, redirections", NULL, forms),
	{ 0 }
};
