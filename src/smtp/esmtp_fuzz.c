/* Parameters that are accepted are accepted in upper case with the same meaning, and
 * nothing that RCPT takes is more than white space. */
#include "smtp/esmtp.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str rest = str_of(data, size);
	struct esmtp p, upper;
	char *text;

	if (esmtp_parse_rcpt(rest) == ESMTP_OK)
		bug_if(str_trim(rest).n != 0);
	if (esmtp_parse_mail(rest, &p) != ESMTP_OK)
		return 0;
	text = malloc(size + 1);
	for (size_t i = 0; i < size; i++)
		text[i] = (char)(data[i] >= 'a' && data[i] <= 'z' ? data[i] - 32 : data[i]);
	bug_if(esmtp_parse_mail(str_of(text, size), &upper) != ESMTP_OK);
	bug_if(upper.size != p.size || upper.body_8bit != p.body_8bit ||
	       upper.smtputf8 != p.smtputf8);
	free(text);
	return 0;
}
