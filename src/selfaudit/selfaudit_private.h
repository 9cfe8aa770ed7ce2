/* selfaudit/selfaudit_private.h - what the files of the room share: the looks of the table. */
#ifndef SELFAUDIT_SELFAUDIT_PRIVATE_H
#define SELFAUDIT_SELFAUDIT_PRIVATE_H

#include "selfaudit/selfaudit.h"

typedef struct selfaudit_finding selfaudit_look(struct selfaudit *in);

/* Roles, relaying, what is said to strangers: selfaudit_mail.c. */
selfaudit_look selfaudit_mail_needs, selfaudit_mail_mailboxes, selfaudit_mail_roles,
	selfaudit_mail_relay, selfaudit_mail_ports, selfaudit_mail_filter, selfaudit_mail_headers,
	selfaudit_mail_banner, selfaudit_mail_recipients, selfaudit_mail_clients;
/* TLS, certificates, the DNS: selfaudit_proof.c. */
selfaudit_look selfaudit_proof_starttls, selfaudit_proof_certificate, selfaudit_proof_requiretls,
	selfaudit_proof_spf_in, selfaudit_proof_dkim_in, selfaudit_proof_dmarc_in,
	selfaudit_proof_spf, selfaudit_proof_dkim, selfaudit_proof_dmarc, selfaudit_proof_resolver,
	selfaudit_proof_signed;
/* This machine: selfaudit_host.c. */
selfaudit_look selfaudit_host_antivirus, selfaudit_host_services, selfaudit_host_monitoring,
	selfaudit_host_users, selfaudit_host_secrets, selfaudit_host_quarantine,
	selfaudit_host_space, selfaudit_host_backups;

#define SELFAUDIT_SAY(in, result, ...)                                                             \
	((struct selfaudit_finding){ (result), arena_fmt((in)->arena, __VA_ARGS__) })

/* Keys of the configuration and what others said are the same in both languages. */
#define SELFAUDIT_IN(in, en, fr) ((in)->lang == CONF_LANG_FR ? (fr) : (en))

/* A finding whose text was put together; cut at SELFAUDIT_SEEN. */
static inline struct selfaudit_finding selfaudit_found(enum selfaudit_result result,
						       const struct strbuf *seen)
{
	return (struct selfaudit_finding){ result, strbuf_str(seen) };
}

#endif
