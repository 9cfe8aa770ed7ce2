/* Parameters of MAIL that are accepted are accepted in upper case with the same meaning;
 * what RCPT takes is the same without SMTPUTF8 unless it holds UTF-8. */
#include "smtp/esmtp.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_ascii(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str rest = str_of(data, size);
	struct esmtp p, upper;
	struct dsnparams_rcpt dsn;
	char *text;

	if (esmtp_parse_rcpt(rest, true, &dsn) == ESMTP_OK)
		bug_if(is_ascii(rest) && esmtp_parse_rcpt(rest, false, &dsn) != ESMTP_OK);
	if (esmtp_parse_mail(rest, &p) != ESMTP_OK)
		return 0;
	text = malloc(size + 1);
	for (size_t i = 0; i < size; i++)
		text[i] = (char)(data[i] >= 'a' && data[i] <= 'z' ? data[i] - 32 : data[i]);
	bug_if(esmtp_parse_mail(str_of(text, size), &upper) != ESMTP_OK);
	bug_if(upper.size != p.size || upper.body_8bit != p.body_8bit ||
	       upper.smtputf8 != p.smtputf8 || upper.requiretls != p.requiretls ||
	       upper.dsn.ret != p.dsn.ret || upper.dsn.envid.n != p.dsn.envid.n);
	free(text);
	return 0;
}
