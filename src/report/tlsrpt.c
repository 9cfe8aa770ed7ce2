#include "report/tlsrpt.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/num.h"
#include "report/reporttext.h"

#include <jansson.h>

enum { SESSIONS_MAX = 1000000000, TIME_MAX = INT32_MAX };

static str text_of(const json_t *v)
{
	return json_is_string(v) ? str_of(json_string_value(v), json_string_length(v)) : STR("");
}

static str get_text(struct arena *a, const json_t *object, const char *key)
{
	return reporttext_clean(a, text_of(json_object_get(object, key)), TLSRPT_MAX_TEXT);
}

static str get_name(struct arena *a, const json_t *object, const char *key)
{
	return reporttext_name(a, text_of(json_object_get(object, key)), TLSRPT_MAX_TEXT);
}

/* A number, or one in quotes; 0 when it is none, or none that can be. */
static uint64_t get_sessions(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);
	uint64_t n = 0;

	if (json_is_integer(v) && json_integer_value(v) >= 0 &&
	    json_integer_value(v) <= SESSIONS_MAX)
		return (uint64_t)json_integer_value(v);
	return num_u64_max(str_trim(text_of(v)), SESSIONS_MAX, &n) ? n : 0;
}

/* Time and its zone as RFC 3339 has them; a date alone is its beginning. */
static int64_t get_time(const json_t *range, const char *key)
{
	str s = str_trim(text_of(json_object_get(range, key)));
	char day[] = "0000-00-00T00:00:00Z";
	int64_t t = 0;

	if (clock_parse_rfc3339(s, &t))
		return t > 0 && t <= TIME_MAX ? t : 0;
	if (s.n < 10)
		return 0;
	memcpy(day, s.p, 10);
	if (s.n >= 19)
		memcpy(day + 10, s.p + 10, 9);
	day[10] = 'T';
	return clock_parse_rfc3339(str_c(day), &t) && t > 0 && t <= TIME_MAX ? t : 0;
}

/* A list of texts, or one text. */
static str *get_strings(struct arena *a, const json_t *object, const char *key, size_t *ret_n)
{
	const json_t *v = json_object_get(object, key), *one;
	str *list = arena_array(a, str, TLSRPT_MAX_STRINGS);
	size_t i, n = 0;

	if (json_is_string(v))
		list[n++] = reporttext_clean(a, text_of(v), TLSRPT_MAX_TEXT);
	json_array_foreach(v, i, one)
	{
		if (n < TLSRPT_MAX_STRINGS)
			list[n++] = reporttext_clean(a, text_of(one), TLSRPT_MAX_TEXT);
	}
	*ret_n = n;
	return list;
}

static void read_failure(struct arena *a, const json_t *v, struct tlsrpt_failure *ret)
{
	*ret = (struct tlsrpt_failure){
		.result = get_name(a, v, "result-type"),
		.sending_ip = get_text(a, v, "sending-mta-ip"),
		.receiving_mx = get_name(a, v, "receiving-mx-hostname"),
		.receiving_helo = get_name(a, v, "receiving-mx-helo"),
		.receiving_ip = get_text(a, v, "receiving-ip"),
		.sessions = get_sessions(v, "failed-session-count"),
		.information = get_text(a, v, "additional-information"),
		.reason = get_text(a, v, "failure-reason-code"),
	};
	if (!ret->information.n) /* as RFC 8460 4.4 has it in its table */
		ret->information = get_text(a, v, "additional-info-uri");
}

static void read_policy(struct arena *a, const json_t *v, size_t *left, struct tlsrpt_policy *ret)
{
	const json_t *policy = json_object_get(v, "policy"),
		     *summary = json_object_get(v, "summary"),
		     *failures = json_object_get(v, "failure-details"), *one;
	size_t i;

	ret->type = get_name(a, policy, "policy-type");
	ret->domain = get_name(a, policy, "policy-domain");
	ret->strings = get_strings(a, policy, "policy-string", &ret->n_strings);
	ret->mx_hosts = get_strings(a, policy, "mx-host", &ret->n_mx_hosts);
	ret->successful = get_sessions(summary, "total-successful-session-count");
	ret->failed = get_sessions(summary, "total-failure-session-count");
	json_array_foreach(failures, i, one)
	{
		if (!*left || !json_is_object(one))
			continue;
		--*left;
		read_failure(a, one, arena_push(a, &ret->failures));
	}
}

static int read_report(struct arena *a, const json_t *root, struct tlsrpt *ret, struct why *why)
{
	const json_t *range = json_object_get(root, "date-range"),
		     *policies = json_object_get(root, "policies"), *one;
	size_t left = TLSRPT_MAX_FAILURES, i;
	struct tlsrpt t = {
		.org = get_text(a, root, "organization-name"),
		.contact = get_text(a, root, "contact-info"),
		.id = get_text(a, root, "report-id"),
		.begin = get_time(range, "start-datetime"),
		.end = get_time(range, "end-datetime"),
	};

	if (!json_is_array(policies))
		return why_set(why, TLSRPT_E_OTHER, "no policies");
	if (!t.id.n || !t.begin)
		return why_set(why, TLSRPT_E_BROKEN, t.id.n ? "no date-range" : "no report-id");
	if (t.end < t.begin)
		t.end = t.begin;
	json_array_foreach(policies, i, one)
	{
		if (json_is_object(one) && t.policies.n < TLSRPT_MAX_POLICIES)
			read_policy(a, one, &left, arena_push(a, &t.policies));
	}
	*ret = t;
	return TLSRPT_OK;
}

int tlsrpt_read(struct arena *a, str json, struct tlsrpt *ret, struct why *why)
{
	json_error_t error;
	json_t *root;
	int r;

	if (str_starts(json, STR("\xef\xbb\xbf")))
		json = str_skip(json, 3);
	if (json.n > TLSRPT_MAX_BYTES)
		return why_set(why, TLSRPT_E_OTHER, "it is too large");
	/* Where no file can be opened the library would take the time for a secret. */
	json_object_seed((size_t)map_hash(STR("tlsrpt"), false) | 1);
	root = json_loadb(json.p ? json.p : "", json.n, 0, &error);
	if (!root)
		return why_set(why, TLSRPT_E_BROKEN, "%s, line %d", error.text, error.line);
	r = read_report(a, root, ret, why);
	json_decref(root);
	return r;
}
