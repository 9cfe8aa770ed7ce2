#include "smtp/reception.h"
#include "smtp/smtp_verbs.h"

/* DATA (RFC 5321 4.1.1.4). Bytes that come before 354 is sent, but not with the
 * command, are taken as the message: reading them as commands would be worse. */
void verb_data(struct smtpsession *s, str args)
{
	if (args.n) {
		smtpsession_refuse(s, 501, STR("5.5.4"), STR("DATA has no argument"), args);
		return;
	}
	if (s->mail->recipients.n == 0) {
		smtpsession_refuse(s, 554, STR("5.5.1"), STR("No valid recipients"),
				   s->mail->reverse_path);
		return;
	}
	reception_begin(s);
}
