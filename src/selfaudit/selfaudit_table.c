#include "selfaudit/selfaudit_private.h"

/* What each recommendation asks, in our words: ANSSI-PA-066 (Recommandations relatives à
 * l'interconnexion d'un système d'information à Internet), and the sheets of the French health
 * CERT (ACSS) on mail. */
#define TEXT(s)                                                                                    \
	{                                                                                          \
		s, sizeof(s) - 1                                                                   \
	}
#define CHECK(id, source, en, fr, en_do, fr_do, look)                                              \
	{                                                                                          \
		TEXT(id), TEXT(source), { TEXT(en), TEXT(fr) }, { TEXT(en_do), TEXT(fr_do) }, look \
	}

static const struct selfaudit_check checks[] = {
	CHECK("R32", "ANSSI-PA-066 R32",
	      "What the site needs of mail is known: receiving, sending, domain names.",
	      "Les besoins de messagerie du site sont connus : réception, émission, domaines.",
	      "set hostname, domains and role; the defaults are examples",
	      "renseignez hostname, domains et role ; les valeurs par défaut sont des exemples",
	      selfaudit_mail_needs),
	CHECK("R34", "ANSSI-PA-066 R34", "Mailboxes are kept inside, not in the gateway.",
	      "Les boîtes aux lettres sont à l'intérieur, pas dans la passerelle.",
	      "set delivery.next_hop to the mailbox server inside: smtp:HOST:PORT or "
	      "lmtp:HOST:PORT",
	      "donnez à delivery.next_hop le serveur de boîtes interne : smtp:HOST:PORT ou "
	      "lmtp:HOST:PORT",
	      selfaudit_mail_mailboxes),
	CHECK("R36", "ANSSI-PA-066 R36",
	      "Sending and receiving servers are apart; the sending one takes mail from listed "
	      "servers only.",
	      "Les serveurs d'émission et de réception sont séparés ; celui d'émission n'accepte "
	      "que des serveurs listés.",
	      "list in out.clients the servers that send, not whole networks",
	      "listez dans out.clients les serveurs émetteurs, pas des réseaux entiers",
	      selfaudit_mail_roles),
	CHECK("RELAY", "ANSSI-PA-066 R36, ACSS MTA",
	      "A stranger cannot have mail carried to another stranger (open relay).",
	      "Un inconnu ne peut faire transporter un message vers un autre inconnu (relais "
	      "ouvert).",
	      "see domains and delivery.routes; nobody but this gateway may listen at the port",
	      "voyez domains et delivery.routes ; seule cette passerelle doit écouter ce port",
	      selfaudit_mail_relay),
	CHECK("R42-465", "ANSSI-PA-066 R37, R42",
	      "SMTP with implicit TLS (port 465) is not offered.",
	      "SMTP avec TLS implicite (port 465) n'est pas offert.",
	      "take port 465 out of listen.smtp and block it in the firewall",
	      "retirez le port 465 de listen.smtp et bloquez-le au pare-feu", selfaudit_mail_ports),
	CHECK("R38", "ANSSI-PA-066 R38",
	      "Unwanted mail is stopped before mailboxes, with lists of this site too.",
	      "Le courrier indésirable est arrêté avant les boîtes, avec des listes du site aussi.",
	      "set mode: enforce once replay shows no harm, and paths.site_lists",
	      "passez mode à enforce quand replay ne montre rien de grave, et réglez "
	      "paths.site_lists",
	      selfaudit_mail_filter),
	CHECK("R39", "ANSSI-PA-066 R39, ACSS antivirus",
	      "Attachments are seen by an antivirus whose signatures are fresh.",
	      "Les pièces jointes passent par un antivirus aux signatures récentes.",
	      "set antivirus.clamd; freshclam must run every day",
	      "réglez antivirus.clamd ; freshclam doit tourner chaque jour",
	      selfaudit_host_antivirus),
	CHECK("R21-HEADERS", "ANSSI-PA-066 R21, R36, ACSS leak",
	      "Header fields of mail that leaves tell nothing of servers, addresses and programs "
	      "inside.",
	      "Les en-têtes du courrier sortant ne disent rien des serveurs, adresses et logiciels "
	      "internes.",
	      "see out.remove_fields", "voyez out.remove_fields", selfaudit_mail_headers),
	CHECK("R21-BANNER", "ANSSI-PA-066 R21, ACSS leak",
	      "Greeting and answers name no program, no version and no name of the inside.",
	      "L'accueil et les réponses ne nomment ni logiciel, ni version, ni nom interne.",
	      "set hostname to the public name; see what else listens at the port",
	      "donnez à hostname le nom public ; voyez ce qui écoute d'autre à ce port",
	      selfaudit_mail_banner),
	CHECK("R10", "ANSSI-PA-066 R10, ACSS MTA",
	      "No directory of the inside is asked; yet unknown recipients are refused in the "
	      "session.",
	      "Aucun annuaire interne n'est interrogé ; pourtant les destinataires inconnus sont "
	      "refusés en session.",
	      "let a listener hand over directly (handover=auto or direct), and have the mailbox "
	      "server refuse unknown recipients",
	      "laissez un écouteur remettre directement (handover=auto ou direct), et que le "
	      "serveur de boîtes refuse les inconnus",
	      selfaudit_mail_recipients),
	CHECK("R40", "ANSSI-PA-066 R40", "No mailbox and no webmail is exposed by this machine.",
	      "Cette machine n'expose ni boîte ni webmail.",
	      "stop the service, or let it listen on the loopback address alone",
	      "arrêtez le service, ou qu'il n'écoute que la boucle locale",
	      selfaudit_host_services),
	CHECK("R41", "ANSSI-PA-066 R41",
	      "Between people and mailboxes everything is encrypted and authenticated.",
	      "Entre les personnes et leurs boîtes, tout est chiffré et authentifié.", "", "",
	      selfaudit_mail_clients),
	CHECK("R42", "ANSSI-PA-066 R42", "STARTTLS is offered and used, with versions of today.",
	      "STARTTLS est offert et utilisé, avec des versions actuelles.",
	      "set smtp.starttls: true and delivery.tls: may or better",
	      "réglez smtp.starttls: true et delivery.tls: may ou mieux", selfaudit_proof_starttls),
	CHECK("R42-CERT", "ANSSI-PA-066 R42",
	      "Certificates are for the name of the server, in time, and renewed.",
	      "Les certificats portent le nom du serveur, sont valides et renouvelés.",
	      "set tls.certificate and tls.key to those of an authority; renew them in time",
	      "donnez à tls.certificate et tls.key ceux d'une autorité ; renouvelez-les à temps",
	      selfaudit_proof_certificate),
	CHECK("R42+", "ANSSI-PA-066 R42+", "REQUIRETLS is supported.",
	      "REQUIRETLS est pris en charge.", "set smtp.starttls: true",
	      "réglez smtp.starttls: true", selfaudit_proof_requiretls),
	CHECK("R43", "ANSSI-PA-066 R43", "SPF of received mail is checked.",
	      "Le SPF du courrier reçu est vérifié.", "take dns.file out of the configuration",
	      "retirez dns.file de la configuration", selfaudit_proof_spf_in),
	CHECK("R44", "ANSSI-PA-066 R44", "Our domains publish who sends for them (SPF).",
	      "Nos domaines publient qui émet pour eux (SPF).", "see poterne dns --check",
	      "voyez poterne dns --check", selfaudit_proof_spf),
	CHECK("R45", "ANSSI-PA-066 R45", "DKIM of received mail is checked.",
	      "Le DKIM du courrier reçu est vérifié.", "take dns.file out of the configuration",
	      "retirez dns.file de la configuration", selfaudit_proof_dkim_in),
	CHECK("R46+", "ANSSI-PA-066 R46+",
	      "Mail of our domains is signed (DKIM), by keys that are published.",
	      "Le courrier de nos domaines est signé (DKIM), par des clés publiées.",
	      "make a key with poterne key and publish its record",
	      "créez une clé avec poterne key et publiez son enregistrement", selfaudit_proof_dkim),
	CHECK("R46-KEYS", "ANSSI-PA-066 R46+, R42",
	      "Private keys can be read by their owner alone.",
	      "Les clés privées ne sont lisibles que par leur propriétaire.",
	      "chmod 600 each of them", "chmod 600 sur chacune", selfaudit_host_secrets),
	CHECK("R47+", "ANSSI-PA-066 R47+", "DMARC of received mail is followed.",
	      "Le DMARC du courrier reçu est suivi.", "take dns.file out of the configuration",
	      "retirez dns.file de la configuration", selfaudit_proof_dmarc_in),
	CHECK("R48+", "ANSSI-PA-066 R48+",
	      "Our domains publish a DMARC policy, first watching, then stricter.",
	      "Nos domaines publient une politique DMARC, d'abord d'observation, puis plus "
	      "stricte.",
	      "see poterne dns --check and poterne dmarc",
	      "voyez poterne dns --check et poterne dmarc", selfaudit_proof_dmarc),
	CHECK("R49", "ANSSI-PA-066 R49", "Answers of the DNS are validated (DNSSEC).",
	      "Les réponses du DNS sont validées (DNSSEC).", "set dns.validate: true",
	      "réglez dns.validate: true", selfaudit_proof_resolver),
	CHECK("R50+", "ANSSI-PA-066 R50+", "Our mail domains are signed (DNSSEC).",
	      "Nos domaines de messagerie sont signés (DNSSEC).",
	      "have the zone signed by whoever hosts it", "faites signer la zone par son hébergeur",
	      selfaudit_proof_signed),
	CHECK("R51", "ANSSI-PA-066 R51",
	      "Failures and floods are borne: there is room for mail that waits.",
	      "Pannes et afflux sont supportés : il y a de la place pour le courrier en attente.",
	      "make room below paths.state", "faites de la place sous paths.state",
	      selfaudit_host_space),
	CHECK("R6", "ANSSI-PA-066 R6",
	      "Processes are partitioned: none shares its account with another.",
	      "Les processus sont cloisonnés : aucun ne partage son compte.",
	      "give each of users.* an account of its own", "donnez à chaque users.* son compte",
	      selfaudit_host_users),
	CHECK("R16", "ANSSI-PA-066 R16", "Administration and counters are not exposed.",
	      "L'administration et les compteurs ne sont pas exposés.",
	      "let listen.web be empty, or a private address",
	      "laissez listen.web vide, ou une adresse privée", selfaudit_host_monitoring),
	CHECK("QUARANTINE", "ANSSI-PA-066 R36, ACSS quarantine",
	      "What is held is for few, for a limited time, on an encrypted disk.",
	      "Ce qui est retenu n'est lisible que de peu, pour un temps limité, sur un disque "
	      "chiffré.",
	      "check the encryption of the disk below paths.state (dm-crypt)",
	      "vérifiez le chiffrement du disque sous paths.state (dm-crypt)",
	      selfaudit_host_quarantine),
	CHECK("BACKUP", "CERT Santé",
	      "Configuration, rules, lists and keys are backed up, and the way back is tried.",
	      "Configuration, règles, listes et clés sont sauvegardées, et la restauration "
	      "essayée.",
	      "back them up elsewhere; try the way back once a year",
	      "sauvegardez-les ailleurs ; essayez la restauration une fois l'an",
	      selfaudit_host_backups),
};

const struct selfaudit_check *selfaudit_at(size_t i)
{
	return i < ARRAY_LEN(checks) ? &checks[i] : NULL;
}
