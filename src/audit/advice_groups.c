/* What a failure of each group means and what to change. */
#include "audit/advice.h"

const struct advice advice_groups[] = {
	{ "relay",
	  "R36, R37",
	  { { "Relay", "Relais" } },
	  { { "Strangers can send mail to anywhere through this gateway. It will be used for spam "
	      "within hours, and its address will be on every block list.",
	      "N’importe qui peut écrire au monde entier par cette passerelle. Elle servira au "
	      "spam "
	      "en quelques heures et son adresse se retrouvera sur toutes les listes noires." } },
	  { { "Only domains takes mail in; in role out, list the servers that may send in "
	      "out.clients.",
	      "Seuls les domaines de domains sont reçus ; dans le rôle out, énumérez dans "
	      "out.clients les serveurs qui peuvent envoyer." } },
	  { { "Postfix: smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination, "
	      "mynetworks limited to your own servers, relay_domains naming your domains, "
	      "allow_percent_hack = no, swap_bangpath = no.",
	      "Postfix : smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination, "
	      "mynetworks réduit à vos serveurs, relay_domains limité à vos domaines, "
	      "allow_percent_hack = no, swap_bangpath = no." } } },
	{ "antivirus",
	  "R39",
	  { { "Antivirus", "Antivirus" } },
	  { { "A known virus reaches mailboxes: the antivirus is missing, does not look into this "
	      "kind of container, or its answer is not acted upon.",
	      "Un virus connu atteint les boîtes : l’antivirus est absent, n’ouvre pas ce type de "
	      "conteneur, ou sa réponse n’est pas suivie d’effet." } },
	  { { "Set antivirus.clamd to clamd’s socket, keep antivirus.when_down: defer, and make "
	      "sure "
	      "freshclam runs.",
	      "Renseignez antivirus.clamd avec la socket de clamd, gardez antivirus.when_down: "
	      "defer "
	      "et vérifiez que freshclam tourne." } },
	  { { "Rspamd antivirus module: action = \"reject\", scan_mime_parts = true, and "
	      "force_actions for CLAM_VIRUS_FAIL = \"soft reject\"; clamd: ScanArchive, ScanMail, "
	      "AlertEncrypted.",
	      "Module antivirus de Rspamd : action = \"reject\", scan_mime_parts = true, et "
	      "force_actions « soft reject » pour CLAM_VIRUS_FAIL ; clamd : ScanArchive, ScanMail, "
	      "AlertEncrypted." } } },
	{ "antispam",
	  "R38",
	  { { "Spam", "Spam" } },
	  { { "Mail that every filter must know as spam is delivered: the filter is not asked, "
	      "does "
	      "not read this part, or nobody acts on its score.",
	      "Un message que tout filtre doit reconnaître est remis : le filtre n’est pas "
	      "interrogé, ne lit pas cette partie, ou son score reste sans effet." } },
	  { { "Check that mode is enforce, and the thresholds of rules/00-thresholds.yaml in your "
	      "overlay.",
	      "Vérifiez que mode vaut enforce, et les seuils de rules/00-thresholds.yaml dans "
	      "votre "
	      "surcouche." } },
	  { { "Postfix: smtpd_milters = inet:localhost:11332, milter_default_action = tempfail. "
	      "Rspamd: actions reject and add_header set in actions.conf.",
	      "Postfix : smtpd_milters = inet:localhost:11332, milter_default_action = tempfail. "
	      "Rspamd : actions reject et add_header définies dans actions.conf." } } },
	{ "attachment",
	  "R39",
	  { { "Attachments", "Pièces jointes" } },
	  { { "A file that starts a program when it is opened comes through under this name or "
	      "type. Ransomware arrives this way.",
	      "Un fichier qui lance un programme à l’ouverture passe sous ce nom ou ce type. C’est "
	      "ainsi qu’arrivent les rançongiciels." } },
	  { { "Keep lists/forbidden-extensions.txt whole; exceptions belong to identified "
	      "partners in your overlay, never to an extension.",
	      "Gardez lists/forbidden-extensions.txt complet ; les exceptions se donnent à des "
	      "partenaires identifiés dans votre surcouche, jamais à une extension." } },
	  { { "Rspamd mime_types: bad_extensions and bad_archive_extensions with a score above "
	      "reject; Postfix mime_header_checks alone misses encoded names. Add YARA or clamd "
	      "rules for contents, as names lie.",
	      "Rspamd mime_types : bad_extensions et bad_archive_extensions avec un score "
	      "supérieur "
	      "au rejet ; mime_header_checks de Postfix seul manque les noms encodés. Ajoutez des "
	      "règles YARA ou clamd sur le contenu, car les noms mentent." } } },
	{ "document",
	  "R39",
	  { { "Documents", "Documents" } },
	  { { "A document with a program, or that fetches one when opened, reaches the reader.",
	      "Un document contenant un programme, ou qui en télécharge un à l’ouverture, arrive "
	      "chez le lecteur." } },
	  { { "Keep the rules of rules/21-office.yaml and 22-pdf.yaml as decisions; allow macros "
	      "for identified senders only.",
	      "Gardez les décisions de rules/21-office.yaml et 22-pdf.yaml ; n’autorisez les "
	      "macros "
	      "qu’à des expéditeurs identifiés." } },
	  { { "clamd: AlertOLE2Macros yes, AlertBrokenMedia yes; olefy or oletools with Rspamd "
	      "external_services; YARA rules for PDF and RTF.",
	      "clamd : AlertOLE2Macros yes, AlertBrokenMedia yes ; olefy ou oletools par "
	      "external_services de Rspamd ; règles YARA pour PDF et RTF." } } },
	{ "archive",
	  "R39",
	  { { "Archives", "Archives" } },
	  { { "What is forbidden in the open comes through packed, locked or too large to be "
	      "looked into.",
	      "Ce qui est interdit à découvert passe une fois compressé, verrouillé ou trop gros "
	      "pour être examiné." } },
	  { { "Leave inspect.max_depth, max_parts and max_unpacked_bytes at their defaults: what "
	      "goes beyond is held. Common passwords stand in lists/passwords.txt.",
	      "Laissez inspect.max_depth, max_parts et max_unpacked_bytes par défaut : ce qui les "
	      "dépasse est retenu. Les mots de passe courants sont dans lists/passwords.txt." } },
	  { { "clamd: AlertExceedsMax yes, AlertEncryptedArchive yes, MaxRecursion, MaxFiles and "
	      "MaxScanSize with their alerts; Rspamd mime_types archive options.",
	      "clamd : AlertExceedsMax yes, AlertEncryptedArchive yes, MaxRecursion, MaxFiles et "
	      "MaxScanSize avec leurs alertes ; options d’archives de mime_types dans "
	      "Rspamd." } } },
	{ "link",
	  "R39",
	  { { "Links", "Liens" } },
	  { { "A link that leads elsewhere than it shows, or to a known bad place, reaches the "
	      "reader without a mark.",
	      "Un lien qui mène ailleurs que ce qu’il montre, ou vers un site connu comme "
	      "malveillant, arrive sans marque chez le lecteur." } },
	  { { "Switch feeds and DNS lists on (lists/feed-*.txt, rules/12-dnslists.yaml); keep "
	      "rules/60-urls.yaml.",
	      "Activez les flux et les listes DNS (lists/feed-*.txt, rules/12-dnslists.yaml) ; "
	      "gardez rules/60-urls.yaml." } },
	  { { "Rspamd: phishing module with openphish and phishtank, surbl, rbl, url_suspect and "
	      "html rules enabled, scores raised so that one is enough for a mark.",
	      "Rspamd : module phishing avec openphish et phishtank, surbl, rbl, url_suspect et "
	      "règles html, avec des scores qui suffisent seuls à marquer." } } },
	{ "reply",
	  "R38",
	  { { "Replies", "Réponses" } },
	  { { "An answer to this mail goes to somebody else than the one who seems to write: "
	      "credentials are asked for this way.",
	      "Répondre à ce message écrit à quelqu’un d’autre que l’expéditeur affiché : c’est "
	      "ainsi qu’on demande des identifiants." } },
	  { { "Keep the rules of the answer that goes elsewhere; list your own free-mail "
	      "exceptions in the overlay.",
	      "Gardez les règles sur la réponse détournée ; mettez vos exceptions dans la "
	      "surcouche." } },
	  { { "Rspamd: composites of REPLYTO_DOM_NEQ_FROM_DOM and FREEMAIL_REPLYTO with words of "
	      "credentials, scored to reject.",
	      "Rspamd : composites de REPLYTO_DOM_NEQ_FROM_DOM et FREEMAIL_REPLYTO avec les mots "
	      "d’identifiants, au score du rejet." } } },
	{ "identity",
	  "R43, R45, R47+",
	  { { "Identity", "Identité" } },
	  { { "Somebody writes in a name that is not his: of your own people, of a partner or of "
	      "no one. Frauds begin with this.",
	      "Quelqu’un écrit sous un nom qui n’est pas le sien : celui d’un collègue, d’un "
	      "partenaire, ou de personne. Les fraudes commencent là." } },
	  { { "Name your domains in domains, those who may write for you in "
	      "lists/declared-senders.txt, and people to protect under protected.",
	      "Déclarez vos domaines dans domains, ceux qui écrivent pour vous dans "
	      "lists/declared-senders.txt, et les personnes à protéger sous protected." } },
	  { { "Rspamd: spf, dkim, arc and dmarc modules with actions = { reject = \"reject\"; "
	      "quarantine = \"add_header\" }, multimap for your own domains from outside; Postfix: "
	      "check_sender_access for your own domain.",
	      "Rspamd : modules spf, dkim, arc et dmarc avec actions = { reject = \"reject\"; "
	      "quarantine = \"add_header\" }, multimap pour vos domaines venus de l’extérieur ; "
	      "Postfix : check_sender_access pour votre domaine." } } },
	{ "header",
	  "R36, R38",
	  { { "Header fields", "En-têtes" } },
	  { { "A header field that no honest program writes, or that programs read differently, is "
	      "not noticed.",
	      "Un en-tête qu’aucun programme honnête n’écrit, ou que les programmes lisent "
	      "différemment, passe inaperçu." } },
	  { { "Keep rules/31-headers.yaml; raise the score of the symbol named by the case when "
	      "you want to see it.",
	      "Gardez rules/31-headers.yaml ; augmentez le score du symbole du cas si vous voulez "
	      "le voir marqué." } },
	  { { "Rspamd: headers_checks, mid and the header rules carry small scores; raise them, or "
	      "add multimap rules for the field.",
	      "Rspamd : headers_checks, mid et les règles d’en-têtes ont de petits scores ; "
	      "augmentez-les ou ajoutez des règles multimap." } } },
	{ "structure",
	  "R39",
	  { { "Structure", "Structure" } },
	  { { "The filter and the reader’s mail program cut this message in different ways: what "
	      "the one does not see, the other opens.",
	      "Le filtre et le logiciel du lecteur découpent ce message différemment : ce que l’un "
	      "ne voit pas, l’autre l’ouvre." } },
	  { { "Nothing to set: messages with two readings are held. If one is delivered, report "
	      "it.",
	      "Rien à régler : un message à deux lectures est retenu. Si l’un passe, "
	      "signalez-le." } },
	  { { "Refuse broken MIME rather than repairing it: Postfix strict_mime_encoding_domain, "
	      "Rspamd BROKEN_CONTENT_TYPE, MIME_BAD and R_PARTS_DIFFER scored to quarantine.",
	      "Refusez le MIME cassé au lieu de le réparer : strict_mime_encoding_domain de "
	      "Postfix, "
	      "BROKEN_CONTENT_TYPE, MIME_BAD et R_PARTS_DIFFER de Rspamd au score de la "
	      "quarantaine." } } },
	{ "encoding",
	  "R39",
	  { { "Encodings", "Encodages" } },
	  { { "Content in an encoding that is damaged, rare or said twice is not decoded by the "
	      "filter, but by the reader’s mail program.",
	      "Un contenu dans un encodage abîmé, rare ou annoncé deux fois n’est pas décodé par "
	      "le "
	      "filtre, mais l’est par le logiciel du lecteur." } },
	  { { "Nothing to set: undecodable content is held.",
	      "Rien à régler : un contenu indécodable est retenu." } },
	  { { "Rspamd: R_BAD_CTE_7BIT, MIME_BASE64_TEXT_BOGUS and CTE_CASE scored to quarantine; "
	      "clamd reads uuencode and yEnc only in part.",
	      "Rspamd : R_BAD_CTE_7BIT, MIME_BASE64_TEXT_BOGUS et CTE_CASE au score de la "
	      "quarantaine ; clamd ne lit uuencode et yEnc qu’en partie." } } },
	{ "container",
	  "R39",
	  { { "Containers", "Conteneurs" } },
	  { { "A message inside a message, or a container made to exhaust the reader, hides "
	      "content or stops the filter.",
	      "Un message dans un message, ou un conteneur fait pour épuiser le lecteur, cache du "
	      "contenu ou bloque le filtre." } },
	  { { "Leave the limits of inspect as they are; what goes beyond is held.",
	      "Laissez les limites de inspect ; ce qui les dépasse est retenu." } },
	  { { "Rspamd: max_message, task_timeout and the action of a timeout (soft reject); clamd: "
	      "AlertExceedsMax yes.",
	      "Rspamd : max_message, task_timeout et l’action en cas de dépassement (soft reject) "
	      "; "
	      "clamd : AlertExceedsMax yes." } } },
	{ "twin",
	  NULL,
	  { { "Honest mail", "Courrier légitime" } },
	  { { "Honest mail is refused, held or marked. Lost mail costs more than spam: a result, "
	      "an "
	      "appointment, an invoice.",
	      "Un courrier légitime est refusé, retenu ou marqué. Le courrier perdu coûte plus "
	      "cher "
	      "que le spam : un résultat, un rendez-vous, une facture." } },
	  { { "See poterne explain for the symbols that weighed; lower them in the overlay or list "
	      "the partner in lists/allow-senders.txt.",
	      "poterne explain montre les symboles qui ont pesé ; baissez-les dans la surcouche ou "
	      "inscrivez le partenaire dans lists/allow-senders.txt." } },
	  { { "Look at X-Spamd-Result, lower the symbol in groups.conf, or white-list the "
	      "authenticated sender by multimap.",
	      "Lisez X-Spamd-Result, baissez le symbole dans groups.conf, ou autorisez "
	      "l’expéditeur "
	      "authentifié par multimap." } } },
	{ "tension",
	  NULL,
	  { { "Questions of policy", "Questions de politique" } },
	  { { "Safety and use pull in two directions here, and the house has to decide. What is "
	      "proposed errs on the side of holding what cannot be looked into.",
	      "La sécurité et l’usage s’opposent ici, et c’est à la maison de décider. La "
	      "proposition retient ce qui ne peut être examiné." } },
	  { { "One line of the overlay changes it: another decision for the symbol, or an "
	      "exception "
	      "for an identified partner.",
	      "Une ligne de la surcouche suffit : une autre décision pour le symbole, ou une "
	      "exception pour un partenaire identifié." } },
	  { { "Rspamd: force_actions or settings for the symbol and the authenticated partner.",
	      "Rspamd : force_actions ou settings pour le symbole et le partenaire "
	      "authentifié." } } },
	{ "connection",
	  "R36",
	  { { "Connections", "Connexions" } },
	  { { "The server lets clients break the protocol or take more than their share. Smuggled "
	      "messages and floods use this.",
	      "Le serveur laisse les clients enfreindre le protocole ou prendre plus que leur "
	      "part. "
	      "La contrebande SMTP et les inondations s’en servent." } },
	  { { "Keep smtp.early_talker, smtp.max_connections_per_client and the timeouts at their "
	      "defaults.",
	      "Gardez smtp.early_talker, smtp.max_connections_per_client et les délais par "
	      "défaut." } },
	  { { "Postfix: smtpd_forbid_bare_newline = yes, smtpd_data_restrictions = "
	      "reject_unauth_pipelining, postscreen with greet and protocol tests, "
	      "smtpd_client_connection_rate_limit and anvil limits.",
	      "Postfix : smtpd_forbid_bare_newline = yes, smtpd_data_restrictions = "
	      "reject_unauth_pipelining, postscreen avec ses tests, "
	      "smtpd_client_connection_rate_limit et les limites d’anvil." } } },
	{ "tls",
	  "R41, R42",
	  { { "Encryption", "Chiffrement" } },
	  { { "Mail, or passwords, can be read or changed on their way.",
	      "Le courrier, ou des mots de passe, peuvent être lus ou modifiés en chemin." } },
	  { { "Keep smtp.starttls on, set tls.certificate and tls.key; a server that receives "
	      "never "
	      "offers AUTH.",
	      "Gardez smtp.starttls, renseignez tls.certificate et tls.key ; un serveur de "
	      "réception "
	      "n’offre jamais AUTH." } },
	  { { "Postfix: smtpd_tls_security_level = may with a certificate, smtpd_tls_auth_only = "
	      "yes, smtpd_sasl_auth_enable = no on the MX, no smtps service in master.cf.",
	      "Postfix : smtpd_tls_security_level = may avec un certificat, smtpd_tls_auth_only = "
	      "yes, smtpd_sasl_auth_enable = no sur le MX, pas de service smtps dans "
	      "master.cf." } } },
	{ "leak",
	  "R36, R21",
	  { { "Leaks", "Fuites" } },
	  { { "The server tells strangers who has a mailbox, or which program and version to "
	      "attack.",
	      "Le serveur révèle à n’importe qui les boîtes existantes, ou le logiciel et la "
	      "version "
	      "à attaquer." } },
	  { { "Nothing to set: Poterne names neither product nor version.",
	      "Rien à régler : Poterne ne dit ni produit ni version." } },
	  { { "Postfix: smtpd_banner = $myhostname ESMTP, disable_vrfy_command = yes, "
	      "smtpd_reject_unlisted_recipient with one text for all, fast_flush_domains empty.",
	      "Postfix : smtpd_banner = $myhostname ESMTP, disable_vrfy_command = yes, "
	      "smtpd_reject_unlisted_recipient avec un seul texte, fast_flush_domains vide." } } },
	{ 0 },
};
