/* inspect/facts.h - what a worker saw in one message: plain, bounded data without opinion.
 *
 * The sandboxed worker fills a struct facts and encodes it (facts_encode); the conductor
 * decodes it (facts_decode) and trusts nothing in it: a worker may be taken over.
 *
 * Input    facts_decode: hostile bytes from the worker.
 * Memory   everything lives in the caller's arena; decoded strings point into the input.
 * Limits   the FACTS_* ceilings below; what is above is cut and named in limits_hit.
 * Threads  pure.
 * Errors   facts_decode answers false and nothing is believed.
 */
#ifndef INSPECT_FACTS_H
#define INSPECT_FACTS_H

#include "base/arena.h"
#include "dkim/arcset.h"
#include "dkim/dkimsign.h"
#include "features/features.h"
#include "fuzzy/fuzzy.h"
#include "report/reportset.h"

enum {
	FACTS_MAX_BYTES = 4 << 20, /* encoded size: the memory shared with a worker */
	FACTS_MAX_HEADERS = 1000,
	FACTS_MAX_PARTS = 1000,
	FACTS_MAX_FINDINGS = 1000,
	FACTS_MAX_HITS = 1000,
	FACTS_MAX_ADDRESSES = 1000,
	FACTS_MAX_URLS = 1000,
	FACTS_MAX_HOPS = 30,
	FACTS_MAX_SIGNATURES = DKIMHASH_MAX_SIGNATURES,
	FACTS_MAX_EVIDENCE = 200,   /* bytes of evidence kept for one finding */
	FACTS_MAX_VALUE = 4096,	    /* bytes of one decoded header value kept */
	FACTS_MAX_TEXT = 256 << 10, /* bytes of visible text kept */
	FACTS_MAX_EXTRACTS = 128,
	FACTS_MAX_SCANNER_EXTRACTS = 64, /* of these; the others keep their room */
	/* Bytes of all extracts: the second memory shared with a worker. A note of what it is
	 * looking at stands in front of them, for when it dies. */
	FACTS_MAX_EXTRACT_BYTES = 32 << 20,
	FACTS_MAX_SCANNER_BYTES = 16 << 20, /* of these */
	FACTS_NOTE_BYTES = 4096,
	FACTS_SHARED_BYTES = FACTS_NOTE_BYTES + FACTS_MAX_EXTRACT_BYTES,
};

/* One header field of the message itself, in order of appearance. */
struct facts_header {
	str name;      /* as written */
	str value;     /* unfolded, encoded-words (RFC 2047) decoded, UTF-8 */
	uint32_t line; /* 1 = first line of the message */
};

enum facts_where { FACTS_FROM, FACTS_SENDER, FACTS_REPLY_TO, FACTS_TO, FACTS_CC };

/* One mailbox of an address header (RFC 5322 3.4). */
struct facts_address {
	enum facts_where where;
	str display; /* decoded, UTF-8, may be empty */
	str local, domain;
	/* Of who seems to write (FROM, SENDER, REPLY_TO): how it looks. */
	str folded;   /* display (mime/fold.h) */
	str skeleton; /* domain (url/urlskeleton.h) */
};

enum facts_part_flags {
	FACTS_PART_ATTACHMENT = 1 << 0,	   /* has a file name or Content-Disposition: attachment */
	FACTS_PART_TYPE_MISMATCH = 1 << 1, /* detected type is not the declared one */
	FACTS_PART_ENCRYPTED = 1 << 2,	   /* could not be opened: password or key */
	FACTS_PART_IN_ARCHIVE = 1 << 3,	   /* a member of its parent archive */
	FACTS_PART_UNINSPECTED = 1 << 4,   /* a limit or an error kept it from being inspected */
	FACTS_PART_MULTIPART = 1 << 5,
	FACTS_PART_MESSAGE = 1 << 6, /* message/rfc822 */
};

/* A Received field that names its client, from the top: what servers before us wrote, or claim. */
struct facts_hop {
	str ip;	  /* of the client, text */
	str helo; /* its name */
};

/* One node of the part tree; parts[0] is the message's own body. */
struct facts_part {
	uint32_t parent; /* index; the root's is its own, 0 */
	str path;	 /* "1", "1.2", archive members "1.2/3" */
	str type;	 /* declared, lower case, "text/plain" when absent */
	str detected;	 /* true type by content, a MIME type, or "" when unknown */
	str filename;	 /* decoded, UTF-8, may be empty */
	uint64_t size;	 /* bytes after decoding */
	uint8_t sha256[32];
	uint32_t flags;	 /* FACTS_PART_* */
	uint64_t offset; /* in the message; of what was decoded: that of the part it stood in */
};

/* A fact with a name of inspect/findings.def, an anomaly or a discovery. */
struct facts_finding {
	str name;
	str evidence; /* what was seen, cut at FACTS_MAX_EVIDENCE, any bytes */
	uint32_t part;
	uint64_t offset; /* of the evidence in the message; of decoded evidence: its part's */
};

/* Where a link was found. */
enum facts_url_where {
	FACTS_URL_TEXT,	    /* plain text */
	FACTS_URL_HTML,	    /* an attribute or a text of HTML */
	FACTS_URL_HEADER,   /* the message's header */
	FACTS_URL_CALENDAR, /* iCalendar, vCard */
	FACTS_URL_DOCUMENT, /* PDF, Office, RTF */
	FACTS_URL_FILE,	    /* a shortcut or another file that is a link */
	FACTS_URL_QR,	    /* a QR code in an image */
	FACTS_URL_WRAPPED,  /* the target inside another link */
	FACTS_URL_HOP,	    /* where another link leads, as its server says */
};

enum { FACTS_URL_WHERES = FACTS_URL_HOP + 1 };

/* One link, normalised as browsers do (WHATWG URL). */
struct facts_url {
	enum facts_url_where where;
	uint32_t part;
	str url;    /* serialised; as written when it is no URL */
	str host;   /* lower case, IDN in its ASCII form, may be empty */
	str domain; /* organisational domain (public suffix plus one label), may be empty */
	str shown;  /* the text the reader sees instead, may be empty */
};

/* A pattern of the rule files that matched (inspect/patterns.h). */
struct facts_hit {
	uint32_t pattern;
	str evidence;
	uint32_t part;
};

/* Patterns that candidate rules only are looking for: they never weigh (scan/candidate.h). */
struct facts_candidate {
	uint64_t set; /* which candidate's; 0: none, or more matched than is kept */
	ARENA_VEC(struct facts_hit) hits;
};

/* Bytes of a part that somebody else is asked about. */
enum facts_extract_kind {
	FACTS_EXTRACT_IMAGE,	 /* for who reads QR codes */
	FACTS_EXTRACT_ANTIVIRUS, /* unpacked by us where the antivirus cannot: by a password */
	FACTS_EXTRACT_SCANNER,	 /* for other services of the site (INSPECT_WANTS_ATTACHMENTS...) */
	FACTS_EXTRACT_KINDS
};

/* In limits_hit: not all that other services are to be asked about was extracted. It hides nothing
 * from us. */
#define FACTS_LIMIT_SCANNER "extracts.scanners"

struct facts_extract {
	enum facts_extract_kind kind;
	uint32_t part;
	uint32_t size; /* they stand one behind the other in the shared memory */
	str bytes;     /* not encoded: whoever has the shared memory sets it */
};

/* What a signature of ours, or a seal, covers; only when that was wanted (inspect_wants). */
struct facts_signing {
	str problem; /* empty when material is there; also when it was not wanted */
	struct dkimsign_material material;
};

struct facts {
	ARENA_VEC(struct facts_header) headers;
	ARENA_VEC(struct facts_address) addresses;
	ARENA_VEC(struct facts_hop) hops;
	ARENA_VEC(struct facts_part) parts;
	ARENA_VEC(struct facts_finding) findings;
	ARENA_VEC(struct facts_hit) hits;
	struct facts_candidate candidate;
	ARENA_VEC(struct facts_url) urls;
	ARENA_VEC(struct facts_extract) extracts;
	ARENA_VEC(struct dkim_facts) signatures; /* DKIM-Signature fields, from the top */
	struct arcset_facts arc;
	struct facts_signing signing;
	ARENA_VEC(str) limits_hit; /* names of limits, "mime.depth" */
	struct reportset reports;  /* read when asked for (INSPECT_WANTS_REPORTS) */
	str text;		   /* visible text of the body, UTF-8 */
	str origin_ip;		   /* of X-Originating-IP, text; may be empty */
	str msgid_host;		   /* right side of the Message-ID, when a name with a dot */
	str language;		   /* of the text, ISO 639-1, guessed; may be empty */
	struct features features;  /* for the classifier, when asked for */
	ARENA_VEC(struct fuzzy_digest) fuzzy; /* by which it is known again; FUZZY_DIGESTS_MAX */
	str error;			      /* empty, or what could not be inspected and why */
	uint64_t message_size;
	uint32_t time_us;
};

/* Bytes for facts_decode, in the arena; what does not fit FACTS_MAX_BYTES is cut and
 * facts.limits_hit says so. */
str facts_encode(struct arena *a, const struct facts *f) must_use;
bool facts_decode(struct arena *a, str in, struct facts *ret) must_use;

/* First header of that name (case-insensitive), or NULL. */
const struct facts_header *facts_header(const struct facts *f, str name);
bool facts_has_finding(const struct facts *f, str name);

#endif
