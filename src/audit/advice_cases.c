/* The cases that matter most: what their failure means, in their own words. */
#include "audit/advice.h"

const struct advice advice_cases[] = {
	{ .key = "T002",
	  .means = { { "The harmless test virus every antivirus must know was delivered as it is: "
		       "no "
		       "antivirus looks at this mail.",
		       "Le virus d’essai que tout antivirus doit connaître a été remis tel quel : "
		       "aucun antivirus n’examine ce courrier." } } },
	{ .key = "T065",
	  .means = { { "An archive is locked and its password stands in the text: the reader can "
		       "open "
		       "it, the filter did not. This is how Emotet and its heirs travel.",
		       "L’archive est verrouillée et son mot de passe est dans le texte : le "
		       "lecteur "
		       "l’ouvre, le filtre non. Emotet et ses héritiers voyagent ainsi." } } },
	{ .key = "T070",
	  .anssi = "R43, R44, R48+",
	  .means = { { "Mail in your own name comes in from outside. A letter of the director that "
		       "asks for a transfer looks genuine.",
		       "Un courrier à votre propre nom entre de l’extérieur. Une demande de "
		       "virement "
		       "de la direction paraît authentique." } },
	  .poterne = { { "Name all your domains in domains; services that write for you belong in "
			 "lists/declared-senders.txt, or better get a DKIM key.",
			 "Déclarez tous vos domaines dans domains ; les services qui écrivent pour "
			 "vous "
			 "vont dans lists/declared-senders.txt ou, mieux, reçoivent une clef "
			 "DKIM." } },
	  .postfix = { { "Postfix: check_sender_access rejecting your own domains on the MX, and "
			 "DMARC "
			 "p=reject for them; Rspamd: a multimap of your domains on From with a "
			 "score "
			 "above reject unless SPF or DKIM passes.",
			 "Postfix : check_sender_access refusant vos domaines sur le MX, et DMARC "
			 "p=reject "
			 "pour eux ; Rspamd : multimap de vos domaines sur From, score de rejet "
			 "sauf si "
			 "SPF ou DKIM passe." } } },
	{ .key = "T071",
	  .means = { { "A link to an address that public feeds list as phishing or malware was "
		       "delivered.",
		       "Un lien que les flux publics donnent pour hameçonnage ou logiciel "
		       "malveillant "
		       "a été remis." } } },
	{ .key = "T078",
	  .means = { { "The message asks for credentials, and the answer goes to a free mailbox. "
		       "Mailboxes are lost to this every week.",
		       "Le message demande des identifiants et la réponse part vers une boîte "
		       "gratuite. "
		       "Des comptes sont perdus ainsi chaque semaine." } } },
	{ .key = "T080",
	  .anssi = "R43, R45, R47+",
	  .means = { { "SPF, DKIM or DMARC of the sender fail and nothing follows from it: anyone "
		       "can "
		       "write in the name of banks and partners.",
		       "SPF, DKIM ou DMARC de l’expéditeur échouent sans conséquence : chacun peut "
		       "écrire au nom des banques et des partenaires." } } },
	{ .key = "T081",
	  .means = { { "The display name shows an address of yours or of a bank, and many programs "
		       "show nothing else.",
		       "Le nom affiché montre une adresse à vous ou d’une banque, et beaucoup de "
		       "logiciels ne montrent rien d’autre." } } },
	{ .key = "T099",
	  .means = { { "There are two From fields: the one that is checked need not be the one "
		       "that is "
		       "shown.",
		       "Il y a deux champs From : celui qui est vérifié n’est pas forcément celui "
		       "qui "
		       "est montré." } } },
	{ .key = "X-001",
	  .anssi = "R36",
	  .means = { { "What looks like one message to the sender’s server is two for this one. "
		       "The "
		       "second is written in anybody’s name and passes SPF (SMTP smuggling, "
		       "CVE-2023-51764 and others).",
		       "Ce qui est un seul message pour le serveur d’envoi en fait deux ici. Le "
		       "second "
		       "est au nom de n’importe qui et passe SPF (contrebande SMTP, CVE-2023-51764 "
		       "et "
		       "autres)." } },
	  .postfix = { { "Postfix 3.9, 3.8.5, 3.7.10 or later: smtpd_forbid_bare_newline = "
			 "normalize "
			 "or reject; before that smtpd_data_restrictions = "
			 "reject_unauth_pipelining and "
			 "smtpd_discard_ehlo_keywords = chunking.",
			 "Postfix 3.9, 3.8.5, 3.7.10 ou plus : smtpd_forbid_bare_newline = "
			 "normalize ou "
			 "reject ; avant, smtpd_data_restrictions = reject_unauth_pipelining et "
			 "smtpd_discard_ehlo_keywords = chunking." } } },
	{ .key = "X-005",
	  .anssi = "R42",
	  .means = { { "STARTTLS is missing or broken, or commands sent in clear are obeyed inside "
		       "TLS: whoever sits on the way can add to the dialogue.",
		       "STARTTLS manque ou ne marche pas, ou des commandes en clair sont exécutées "
		       "dans "
		       "TLS : qui se tient sur le chemin peut ajouter au dialogue." } } },
	{ .key = "X-011",
	  .means = { { "Recipients who do not exist are taken, or answered otherwise than those "
		       "who "
		       "do: the answers make a directory of the house.",
		       "Des destinataires inexistants sont acceptés, ou reçoivent une autre "
		       "réponse : "
		       "les réponses dressent l’annuaire de la maison." } },
	  .poterne = { { "Export the mailboxes of your directory into a file and name it in "
			 "recipients.file.",
			 "Exportez les boîtes de votre annuaire dans un fichier et nommez-le "
			 "dans recipients.file." } },
	  .postfix = { { "Postfix: relay_recipient_maps, or reject_unverified_recipient with "
			 "unverified_recipient_reject_code = 450.",
			 "Postfix : relay_recipient_maps, ou reject_unverified_recipient avec "
			 "unverified_recipient_reject_code = 450." } } },
	{ .key = "X-044",
	  .means = { { "A result of authentication that a stranger wrote in the gateway’s name "
		       "arrives: "
		       "mail programs believe it.",
		       "Un résultat d’authentification écrit par un inconnu au nom de la "
		       "passerelle "
		       "arrive : les logiciels de courrier le croient." } },
	  .postfix = { { "OpenDKIM/OpenDMARC: RemoveARAll or AuthservID; Rspamd milter_headers: "
			 "remove = 0 for authentication-results with its own authserv_id.",
			 "OpenDKIM/OpenDMARC : RemoveARAll ou AuthservID ; Rspamd milter_headers : "
			 "remove "
			 "= 0 pour authentication-results avec son authserv_id." } } },
	{ 0 },
};

const struct advice_translation advice_titles[] = {
	{ "T001", "Relais ouvert" },
	{ "T002", "EICAR tel quel" },
	{ "T003", "EICAR dans une archive" },
	{ "T004", "EICAR en profondeur" },
	{ "T005", "GTUBE dans un corps en texte" },
	{ "T006", "GTUBE dans un corps HTML" },
	{ "T007", "Spam porté par une pièce jointe" },
	{ "T024", "Autres extensions PowerShell" },
	{ "T025", "Extensions du shell Microsoft" },
	{ "T043", "Extensions Access et MA*" },
	{ "T048", "Images de disque iso, img, vhd" },
	{ "T049", "Polices et formats dont les lecteurs sont attaqués" },
	{ "T050", "Macros dans des documents Office" },
	{ "T051", "Macros qui téléchargent et lancent des programmes" },
	{ "T052", "Macros Excel 4.0" },
	{ "T053", "DDE" },
	{ "T054", "Actions dans des présentations" },
	{ "T055", "Modèles externes" },
	{ "T056", "RTF avec objets" },
	{ "T057", "RTF avec programmes en hexadécimal" },
	{ "T058", "RTF à l’en-tête étrange" },
	{ "T059", "PDF avec JavaScript" },
	{ "T060", "PDF avec fichiers et actions de lancement" },
	{ "T061", "PDF avec formulaires, liens à l’ouverture, sans structure" },
	{ "T062", "XML avec entités externes" },
	{ "T063", "Pièces jointes HTML avec scripts" },
	{ "T064", "Programmes dans des archives" },
	{ "T065", "Archives verrouillées avec leur mot de passe" },
	{ "T066", "Un très gros membre" },
	{ "T067", "De très nombreux membres" },
	{ "T068", "Archives dans des archives" },
	{ "T069", "Documents protégés par mot de passe" },
	{ "T070", "Notre propre domaine venu de l’extérieur" },
	{ "T071", "Liens par adresse, par port, ou sous un autre texte" },
	{ "T072", "Redirections et téléchargements" },
	{ "T073", "Liens obscurcis" },
	{ "T074", "Noms d’hôtes en lettres d’un autre alphabet" },
	{ "T075", "Liens suspects" },
	{ "T076", "Liens dans des documents" },
	{ "T077", "Liens dans des images" },
	{ "T078", "La réponse part ailleurs" },
	{ "T079", "Un expéditeur à qui on ne peut répondre" },
	{ "T080", "Authentification d’autrui en échec" },
	{ "T081", "Le nom affiché montre une autre adresse" },
	{ "T082", "Le nom affiché contient beaucoup d’espaces" },
	{ "T083", "Le nom affiché n’a rien de l’adresse" },
	{ "T084", "Le nom affiché est l’adresse" },
	{ "T085", "Enveloppe et en-tête nomment des expéditeurs différents" },
	{ "T086", "Sans To" },
	{ "T087", "Sans Subject" },
	{ "T088", "Sans Date" },
	{ "T089", "Une Date qui n’en est pas une" },
	{ "T090", "Une Date passée" },
	{ "T091", "Une Date future" },
	{ "T092", "Sans Message-ID" },
	{ "T093", "Un Message-ID qui n’en est pas un" },
	{ "T094", "Un Message-ID sans domaine" },
	{ "T095", "Un Message-ID d’un autre domaine" },
	{ "T096", "Deux champs Subject" },
	{ "T097", "D’autres champs en double" },
	{ "T098", "Plusieurs adresses dans From" },
	{ "T099", "Deux champs From" },
	{ "T100", "Deux champs Reply-To" },
	{ "T101", "Deux champs Sender" },
	{ "T102", "Sans auteur" },
	{ "T103", "Syntaxe de groupe" },
	{ "T104", "Formes d’adresses obsolètes" },
	{ "T105", "Mailsploit, NUL" },
	{ "T106", "Mailsploit, NUL et saut de ligne" },
	{ "T107", "Mailsploit, saut de ligne" },
	{ "T108", "Mailsploit, parenthèses" },
	{ "T109", "Caractères qui changent le sens de lecture" },
	{ "T110", "Caractères invisibles" },
	{ "T111", "Sujet en base64 sans nécessité" },
	{ "T112", "Sujet en quoted-printable sans nécessité" },
	{ "T113", "Autres champs encodés sans nécessité" },
	{ "T114", "Mots encodés dans des mots encodés" },
	{ "T115", "Mots encodés cassés" },
	{ "T116", "En-têtes injectés par des mots encodés" },
	{ "T117", "En-têtes géants" },
	{ "T118", "Repliement étrange" },
	{ "T119", "Octets au-delà de 127 dans From" },
	{ "T120", "Tout le From encodé" },
	{ "T121", "Received forgés" },
	{ "T122", "Caractères interdits dans Received" },
	{ "T123", "Abus de Received" },
	{ "T124", "Une ligne d’en-tête sans deux-points" },
	{ "T125", "Blancs devant les deux-points" },
	{ "T126", "Retours chariot isolés" },
	{ "T127", "Sans MIME-Version" },
	{ "T128", "Content-Type seul" },
	{ "T129", "Content-Type cassé" },
	{ "T130", "Un type MIME inconnu" },
	{ "T131", "Deux champs Content-Type" },
	{ "T132", "Deux délimiteurs" },
	{ "T133", "Un délimiteur en morceaux (RFC 2231)" },
	{ "T134", "Guillemets et commentaires autour du délimiteur" },
	{ "T135", "Des lignes qui sont presque le délimiteur" },
	{ "T136", "Délimiteur ou type non déclaré" },
	{ "T137", "Sans délimiteur final" },
	{ "T138", "Contenu avant le premier délimiteur" },
	{ "T139", "Contenu après le dernier délimiteur" },
	{ "T140", "Imbrication profonde, nombreuses parties" },
	{ "T141", "Un encodage de transfert inconnu" },
	{ "T142", "Deux encodages de transfert" },
	{ "T143", "message/rfc822 encodé" },
	{ "T144", "base64 souillé" },
	{ "T145", "base64 à la mise en page étrange" },
	{ "T146", "quoted-printable souillé" },
	{ "T147", "Messages joints" },
	{ "T148", "uuencode" },
	{ "T149", "yEnc" },
	{ "T150", "Encodages superposés" },
	{ "T151", "Noms de fichiers en morceaux (RFC 2231)" },
	{ "T152", "Deux noms de fichiers" },
	{ "T153", "name et filename diffèrent" },
	{ "T154", "Noms de fichiers en mots encodés" },
	{ "T155", "Caractères obscurs dans les noms de fichiers" },
	{ "T156", "Doubles extensions" },
	{ "T157", "Bords des noms de fichiers" },
	{ "T158", "Sans nom, ou un type menteur" },
	{ "T159", "Fichiers déguisés" },
	{ "T160", "Archives qui se contredisent" },
	{ "T161", "Octets au-delà de 127 dans une partie 7bit" },
	{ "T162", "Jeux de caractères absents ou étranges" },
	{ "T163", "Lettres de deux alphabets dans un mot" },
	{ "T164", "Une alternative sans texte" },
	{ "T165", "Fragments et corps externes" },
	{ "T166", "Messages Outlook joints" },
	{ "T167", "HTML cassé autour d’un lien" },
	{ "T168", "Encodages autour d’un lien" },
	{ "T169", "Texte caché" },
	{ "T170", "Formulaires, cadres, redirections" },
	{ "T171", "Commandes pour d’autres programmes dans les champs" },
	{ "T172", "Du texte qui épuise le lecteur" },
	{ "T173", "Bombes" },
	{ "T174", "Enveloppes opaques" },
	{ "C-001", "La lettre d’une fédération hospitalière" },
	{ "C-002", "Une lettre en HTML seul" },
	{ "C-003", "La circulaire d’un ministère" },
	{ "C-004", "Un rappel de rendez-vous" },
	{ "C-005", "Une vraie réinitialisation de mot de passe" },
	{ "C-007", "Une plateforme d’événements" },
	{ "C-008", "Des mots de médecine" },
	{ "C-009", "Un domaine de premier niveau récent" },
	{ "C-011", "Une boîte fonctionnelle" },
	{ "C-012", "Un titre dans le nom affiché" },
	{ "C-013", "Le nom affiché est l’adresse" },
	{ "C-015", "Un partenaire chez un grand hébergeur" },
	{ "C-016", "Un webmail depuis l’étranger" },
	{ "C-018", "Un petit cabinet sans MX" },
	{ "C-019", "Un domaine sans authentification" },
	{ "C-020", "Un tiers écrit pour nous, avec une clef à nous" },
	{ "C-021", "Messages de listes de diffusion" },
	{ "C-023", "Un groupe chez un grand hébergeur" },
	{ "C-024", "Transféré avec SRS" },
	{ "C-026", "Modifié et transféré par un relais de confiance" },
	{ "C-027", "Un expéditeur BATV" },
	{ "C-029", "Un condensé de vingt messages" },
	{ "C-030", "Une réponse d’absence" },
	{ "C-031", "S/MIME, signé en clair" },
	{ "C-032", "S/MIME, signature opaque" },
	{ "C-034", "OpenPGP/MIME" },
	{ "C-035", "OpenPGP dans le texte" },
	{ "C-037", "Un résultat de laboratoire en PDF" },
	{ "C-038", "Une facture Factur-X" },
	{ "C-039", "Un formulaire administratif" },
	{ "C-040", "Un PDF protégé contre l’impression" },
	{ "C-041", "Un PDF du copieur" },
	{ "C-042", "Documents sans programme" },
	{ "C-044", "Un grand tableau de service" },
	{ "C-046", "Vieux .doc et .xls sans macro" },
	{ "C-048", "Fichiers simples et images" },
	{ "C-049", "Sept photographies" },
	{ "C-050", "Images DICOM dans un zip" },
	{ "C-051", "Un échange de dossiers de santé" },
	{ "C-053", "Résultats HL7" },
	{ "C-054", "Un document clinique avec sa DTD" },
	{ "C-055", "La commande d’une pharmacie" },
	{ "C-057", "Un protocole de recherche en anglais" },
	{ "C-058", "Un congrès en allemand et en espagnol" },
	{ "C-060", "Rapports DMARC" },
	{ "C-061", "Rapport DMARC en gz" },
	{ "C-062", "Un rapport TLS" },
	{ "C-063", "Un avis de remise" },
	{ "C-065", "Un accusé de lecture" },
	{ "C-067", "Le courrier d’une tâche cron" },
	{ "C-068", "Un vieux logiciel de courrier" },
	{ "C-069", "Une invitation d’agenda" },
	{ "C-070", "Une réunion en ligne" },
	{ "C-072", "Un winmail.dat inoffensif" },
	{ "C-074", "Une photographie de téléphone" },
	{ "C-075", "Texte coulant et longues lignes" },
	{ "C-076", "Anciens jeux de caractères" },
	{ "C-077", "Champs français bien encodés" },
	{ "C-078", "Un nom de fichier encodé avec son repli" },
	{ "C-080", "Un long fil de discussion" },
	{ "C-081", "Réessayé le lendemain" },
	{ "C-082", "Réessayé depuis une autre adresse" },
	{ "C-083", "Un client IPv6" },
	{ "C-085", "Un client sans TLS" },
	{ "C-087", "Tout un service" },
	{ "C-088", "Un message de la taille permise" },
	{ "C-089", "Un serveur moderne" },
	{ "C-090", "Une réponse à notre message" },
	{ "K-01", "Un résultat dont le mot de passe est donné ailleurs" },
	{ "K-02", "Une archive dont le mot de passe est donné ailleurs" },
	{ "K-03", "Un mot de passe évoqué pour autre chose" },
	{ "K-04", "Un site web dans un zip" },
	{ "K-05", "Un classeur dont la macro ne fait que calculer" },
	{ "K-06", "Une base de données Access" },
	{ "K-07", "Une discussion enregistrée par Outlook" },
	{ "K-072", "Liens vers un document, une image, la page d’une lettre" },
	{ "K-08", "Notre imprimante, depuis Internet" },
	{ "K-09", "DMARC p=reject à travers une liste" },
	{ "K-10", "Un SPF qui autorise tout le monde" },
	{ "K-11", "Un expéditeur inconnu sans authentification" },
	{ "K-12", "Un lien vers un service de fichiers dans un document" },
	{ "K-13", "Un bulletin de paie que l’on ne peut modifier" },
	{ "K-14", "Le message sécurisé d’une banque, en page web" },
	{ "K-15", "Un programme avec son mot de passe" },
	{ "X-001", "Contrebande SMTP" },
	{ "X-002", "Lignes terminées par LF seul" },
	{ "X-003", "Parler avant l’accueil" },
	{ "X-004", "Commandes avant la réponse attendue" },
	{ "X-005", "STARTTLS et commandes glissées derrière" },
	{ "X-006", "AUTH sur un serveur de réception" },
	{ "X-007", "AUTH sans TLS" },
	{ "X-008", "VRFY, EXPN et ETRN" },
	{ "X-009", "Produit et version dans les réponses" },
	{ "X-010", "Un message trop gros" },
	{ "X-011", "Même réponse à tous les destinataires inconnus" },
	{ "X-012", "Récolte d’adresses" },
	{ "X-013", "Soixante connexions à la fois" },
	{ "X-014", "Un client d’un octet en dix secondes" },
	{ "X-015", "Deux cents messages de suite" },
	{ "X-016", "Trente avis de suite" },
	{ "X-017", "Noms HELO que nul serveur honnête ne dit" },
	{ "X-034", "Port 465" },
	{ "X-042", "Un virus venu de tout ce qui est autorisé" },
	{ "X-043", "Un virus au nom d’un service de surveillance" },
	{ "X-044", "Authentication-Results forgé au nom de la passerelle" },
	{ 0 },
};
