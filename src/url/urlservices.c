#include "url/urlservices.h"

#define PARAMETER(host, path, name)                                                                \
	{                                                                                          \
		STR(host), STR(path), URLSERVICE_PARAMETER, STR(name)                              \
	}

static const struct urlservice services[] = {
	/* protection of links */
	PARAMETER("safelinks.protection.outlook.com", "/", "url"),
	PARAMETER("safelinks.protection.office365.us", "/", "url"),
	{ STR("urldefense.com"), STR("/v3/"), URLSERVICE_UNDERSCORES, STR("") },
	{ STR("urldefense.us"), STR("/v3/"), URLSERVICE_UNDERSCORES, STR("") },
	{ STR("urldefense.proofpoint.com"), STR("/v3/"), URLSERVICE_UNDERSCORES, STR("") },
	{ STR("urldefense.com"), STR("/v2/"), URLSERVICE_PARAMETER_DASHES, STR("u") },
	{ STR("urldefense.proofpoint.com"), STR("/v2/"), URLSERVICE_PARAMETER_DASHES, STR("u") },
	PARAMETER("urldefense.com", "/v1/", "u"),
	PARAMETER("urldefense.proofpoint.com", "/v1/", "u"),
	PARAMETER("linkprotect.cudasvc.com", "/url", "a"),
	PARAMETER("fireeye.com", "/", "u"),
	PARAMETER("trellix.com", "/", "u"),
	PARAMETER("protect-us.mimecast.com", "/", "domain"),
	PARAMETER("protect-eu.mimecast.com", "/", "domain"),
	PARAMETER("mimecastprotect.com", "/", "domain"),
	PARAMETER("clicktime.symantec.com", "/", "u"),
	PARAMETER("clicktime.cloud.postoffice.net", "/", "u"),
	PARAMETER("trendmicro.com", "/", "url"),
	PARAMETER("urlsand.esvalabs.com", "/", "u"),
	PARAMETER("urlsand.com", "/", "u"),
	{ STR("protection.sophos.com"), STR("/"), URLSERVICE_PARAMETER_BASE64, STR("u") },
	{ STR("protect.checkpoint.com"), STR("/v"), URLSERVICE_UNDERSCORES, STR("") },
	{ STR("url.avanan.click"), STR("/v"), URLSERVICE_UNDERSCORES, STR("") },
	{ STR("secure-web.cisco.com"), STR("/"), URLSERVICE_PATH_URL, STR("") },
	PARAMETER("deref-gmx.com", "/", "redirectUrl"),
	PARAMETER("deref-gmx.net", "/", "redirectUrl"),
	PARAMETER("deref-web.de", "/", "redirectUrl"),
	/* search engines and their advertisements */
	PARAMETER("google.", "/url", "q"),
	PARAMETER("google.", "/url", "url"),
	PARAMETER("google.", "/imgres", "imgurl"),
	PARAMETER("google.", "/pagead/aclk", "adurl"),
	PARAMETER("google.", "/aclk", "adurl"),
	PARAMETER("google.", "/local_url", "q"),
	{ STR("google."), STR("/amp/s/"), URLSERVICE_PATH_TAIL, STR("") },
	{ STR("google."), STR("/amp/"), URLSERVICE_PATH_TAIL, STR("") },
	PARAMETER("translate.google.", "/translate", "u"),
	{ STR("translate.goog"), STR("/"), URLSERVICE_HOST_LABEL, STR("") },
	PARAMETER("googleadservices.com", "/pagead/aclk", "adurl"),
	PARAMETER("doubleclick.net", "/", "adurl"),
	PARAMETER("googleusercontent.com", "/", "url"),
	{ STR("bing.com"), STR("/ck/a"), URLSERVICE_PARAMETER_BING, STR("u") },
	PARAMETER("bing.com", "/", "url"),
	PARAMETER("duckduckgo.com", "/l/", "uddg"),
	PARAMETER("yahoo.com", "/", "RU"),
	PARAMETER("baidu.com", "/", "url"),
	PARAMETER("yandex.", "/", "url"),
	/* networks of people */
	PARAMETER("facebook.com", "/l.php", "u"),
	PARAMETER("facebook.com", "/flx/warn", "u"),
	PARAMETER("instagram.com", "/", "u"),
	PARAMETER("threads.net", "/", "u"),
	PARAMETER("youtube.com", "/redirect", "q"),
	PARAMETER("youtube.com", "/attribution_link", "u"),
	PARAMETER("linkedin.com", "/redir", "url"),
	PARAMETER("linkedin.com", "/safety/go", "url"),
	PARAMETER("linkedin.com", "/authwall", "sessionRedirect"),
	PARAMETER("tumblr.com", "/", "z"),
	PARAMETER("umblr.com", "/redirect", "z"),
	PARAMETER("reddit.com", "/", "url"),
	PARAMETER("slack-redir.net", "/link", "url"),
	PARAMETER("steamcommunity.com", "/linkfilter", "url"),
	PARAMETER("steamcommunity.com", "/linkfilter", "u"),
	PARAMETER("vk.com", "/away.php", "to"),
	PARAMETER("exit.sc", "/", "url"),
	PARAMETER("pinterest.com", "/offsite", "url"),
	/* counters of clicks and archives */
	{ STR("awstrack.me"), STR("/L0/"), URLSERVICE_PATH_TAIL, STR("") },
	{ STR("click.pstmrk.it"), STR("/3s/"), URLSERVICE_PATH_TAIL, STR("") },
	{ STR("click.pstmrk.it"), STR("/2s/"), URLSERVICE_PATH_TAIL, STR("") },
	{ STR("web.archive.org"), STR("/web/"), URLSERVICE_PATH_URL, STR("") },
	{ STR("href.li"), STR("/"), URLSERVICE_PATH_URL, STR("") },
	{ STR("anonym.to"), STR("/"), URLSERVICE_PATH_URL, STR("") },
	{ STR("nullrefer.com"), STR("/"), URLSERVICE_PATH_URL, STR("") },
	PARAMETER("shareasale.com", "/", "urllink"),
	PARAMETER("awin1.com", "/", "ued"),
	PARAMETER("awin1.com", "/", "p"),
	PARAMETER("viglink.com", "/", "u"),
	PARAMETER("skimresources.com", "/", "url"),
	PARAMETER("list-manage.com", "/", "url"),
};

/* Services that count clicks for those who send newsletters, and keep the target. */
static const str counters[] = {
	STR("list-manage.com"),
	STR("list-manage1.com"),
	STR("list-manage2.com"),
	STR("campaign-archive.com"),
	STR("sendgrid.net"),
	STR("mailgun.org"),
	STR("sendibt1.com"),
	STR("sendibt2.com"),
	STR("sendibt3.com"),
	STR("sendibm1.com"),
	STR("sendibm3.com"),
	STR("mjt.lu"),
	STR("mailjet.com"),
	STR("hubspotlinks.com"),
	STR("hubspotemail.net"),
	STR("rs6.net"),
	STR("constantcontact.com"),
	STR("createsend1.com"),
	STR("cmail19.com"),
	STR("cmail20.com"),
	STR("exacttarget.com"),
	STR("sfmc-content.com"),
	STR("mandrillapp.com"),
	STR("mlsend.com"),
	STR("mailerlite.com"),
	STR("klclick.com"),
	STR("klclick1.com"),
	STR("acemlna.com"),
	STR("activehosted.com"),
	STR("getresponse.com"),
	STR("mkt-page.com"),
	STR("pardot.com"),
	STR("mktoweb.com"),
	STR("emsecure.net"),
	STR("emlnk.com"),
	STR("awstrack.me"),
	STR("substack.com"),
	STR("sarbacane.com"),
	STR("sbc30.net"),
	STR("sbc35.com"),
	STR("splio.com"),
	STR("doubleclick.net"),
	STR("emv2.com"),
	STR("emv3.com"),
	STR("sib.link"),
	STR("brevo.com"),
	STR("beehiiv.com"),
};

/* Looks first at a byte in which names differ: the one before ".com". */
static bool below(str host, str wanted)
{
	enum { TELLING = 5 };

	if (host.n < wanted.n || host.p[host.n - TELLING] != wanted.p[wanted.n - TELLING])
		return false;
	return str_ends(host, wanted) &&
	       (host.n == wanted.n || host.p[host.n - wanted.n - 1] == '.');
}

bool urlservices_counts_clicks(str host)
{
	for (size_t i = 0; i < ARRAY_LEN(counters); i++) {
		if (below(host, counters[i]))
			return true;
	}
	return false;
}

/* "google." stands for google.com, www.google.fr, google.co.uk. */
static bool host_fits(str host, str wanted)
{
	size_t at = 0;

	if (wanted.p[wanted.n - 1] != '.')
		return below(host, wanted);
	if (str_starts(host, STR("www.")))
		at = 4;
	return str_starts(str_skip(host, at), wanted) && host.n - at - wanted.n <= 6;
}

const struct urlservice *urlservices_next(const struct url *u, const struct urlservice *after)
{
	size_t i = after ? (size_t)(after - services) + 1 : 0;

	for (; i < ARRAY_LEN(services); i++) {
		if (host_fits(u->host.text, services[i].host) &&
		    str_starts(u->path, services[i].path))
			return &services[i];
	}
	return NULL;
}
