/* A header is found at the same length however much has come; with less, more is asked for,
 * and never is more asked for than the limit. */
#include "smtp/proxyheader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proxyheader h, again;
	str in = str_of(data, size);
	int r;

	if (size == 0)
		return 0;
	r = proxyheader_parse(in, &h);
	if (r == PROXYHEADER_E_MORE)
		bug_if(size >= PROXYHEADER_MAX);
	if (r != PROXYHEADER_OK)
		return 0;
	bug_if(h.length == 0 || h.length > size || h.length > PROXYHEADER_MAX);
	bug_if(h.has_client != (h.client.n != 0));
	bug_if(proxyheader_parse(str_sub(in, 0, h.length), &again) != PROXYHEADER_OK);
	bug_if(again.length != h.length || again.port != h.port || !ip_eq(again.client, h.client));
	for (size_t n = 1; n < h.length; n++)
		bug_if(proxyheader_parse(str_sub(in, 0, n), &again) != PROXYHEADER_E_MORE);
	return 0;
}
