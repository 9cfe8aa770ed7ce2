#include "base/num.h"
#include "smtp/smtp_verbs.h"

enum { SIZE_DIGITS_MAX = 20 };

/* chunk-size [SP "LAST"] (RFC 3030 2) */
static bool read_args(str args, uint64_t *ret_size, bool *ret_last)
{
	str size;

	if (!str_split(&args, ' ', &size) || size.n > SIZE_DIGITS_MAX || !num_u64(size, ret_size))
		return false;
	args = str_trim(args);
	*ret_last = str_caseeq(args, STR("LAST"));
	return *ret_last || args.n == 0;
}

/* BDAT (RFC 3030). When it is not clear how many bytes of a message stand behind it, the
 * session ends: they must never be read as commands. */
void verb_bdat(struct smtpsession *s, str args)
{
	uint64_t size;
	bool last;

	if (read_args(args, &size, &last)) {
		chunk_begin(s, size, last);
		return;
	}
	smtpsession_refuse(s, 501, STR("5.5.4"), STR("BDAT size [LAST] is expected"), args);
	smtpsession_over(s, "BDAT without a valid size");
}
