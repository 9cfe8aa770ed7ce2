#include "scan/clientevidence.h"

/* Nobody outside can name the machines of our own networks. */
static bool is_stranger(const struct envelope *env, struct ip *ret)
{
	return ip_parse(env->client_ip, ret) && !clientname_inside(*ret);
}

size_t clientevidence_questions(struct arena *a, const struct envelope *env,
				struct dns_question q[CLIENTNAME_QUESTIONS])
{
	struct ip ip;

	return is_stranger(env, &ip) ? clientname_questions(a, ip, env->helo, q) : 0;
}

static void add_grade(struct arena *a, const struct envelope *env,
		      const struct clientname_result *r, struct evidence *e)
{
	static const str of_helo[] = { STR(""),
				       STR("HFILTER_HELO_1"),
				       STR("HFILTER_HELO_2"),
				       STR("HFILTER_HELO_3"),
				       STR("HFILTER_HELO_4"),
				       STR("HFILTER_HELO_5") };
	static const str of_name[] = { STR(""),
				       STR("HFILTER_HOSTNAME_1"),
				       STR("HFILTER_HOSTNAME_2"),
				       STR("HFILTER_HOSTNAME_3"),
				       STR("HFILTER_HOSTNAME_4"),
				       STR("HFILTER_HOSTNAME_5") };

	if (r->grade == 0)
		return;
	if (r->grade_of_helo)
		evidence_add(a, e, of_helo[r->grade], env->helo);
	else
		evidence_add(a, e, of_name[r->grade], r->name);
}

void clientevidence_collect(struct authcheck *c, const struct envelope *env, deadline d,
			    struct evidence *e)
{
	static const str said[] = {
		[CLIENTNAME_HELO_GOOD] = STR(""),
		[CLIENTNAME_HELO_BADIP] = STR("HFILTER_HELO_BADIP"),
		[CLIENTNAME_HELO_BAREIP] = STR("HFILTER_HELO_BAREIP"),
		[CLIENTNAME_HELO_NOT_FQDN] = STR("HFILTER_HELO_NOT_FQDN"),
		[CLIENTNAME_HELO_NOTHING] = STR("HFILTER_HELO_NORES_A_OR_MX"),
		[CLIENTNAME_HELO_NORESOLVE] = STR("HFILTER_HELO_NORESOLVE_MX"),
		[CLIENTNAME_HELO_OTHER] = STR("HFILTER_HELO_IP_A"),
		[CLIENTNAME_HELO_OPEN] = STR(""),
	};
	struct clientname_result r;
	struct ip ip;

	if (!is_stranger(env, &ip))
		return;
	r = clientname_check(c->arena, &c->dns, ip, env->helo, d);
	add_grade(c->arena, env, &r, e);
	/* A line of a subscriber says enough of its name. */
	if (said[r.helo].n && !(r.grade && r.grade_of_helo))
		evidence_add(c->arena, e, said[r.helo], env->helo);
	if (r.host == CLIENTNAME_UNKNOWN)
		evidence_add(
			c->arena, e, STR("HFILTER_HOSTNAME_UNKNOWN"),
			arena_fmt(c->arena, "%.*s %.*s", STR_ARG(env->client_ip), STR_ARG(r.name)));
	else if (r.host == CLIENTNAME_DNSFAIL)
		evidence_add(c->arena, e, STR("RDNS_DNSFAIL"), env->client_ip);
}

void clientevidence_message(struct authcheck *c, const struct facts *f, deadline d,
			    struct evidence *e)
{
	enum mxcheck_code code;

	if (!f->msgid_host.n)
		return;
	code = mxcheck_run(c->arena, &c->dns, f->msgid_host, d).code;
	if (code == MXCHECK_UNKNOWN || code == MXCHECK_MISSING)
		evidence_add(c->arena, e, STR("HFILTER_MID_NORES_A_OR_MX"), f->msgid_host);
	else if (code == MXCHECK_INVALID)
		evidence_add(c->arena, e, STR("HFILTER_MID_NORESOLVE_MX"), f->msgid_host);
}
