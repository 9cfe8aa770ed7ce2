/* conf/conf_schema.h - the table of all configuration keys.
 *
 * Adding a key is one member in struct conf and one row in conf_schema.c.
 *
 * Memory   const.   Threads  pure.   Errors  cannot fail.
 */
#ifndef CONF_CONF_SCHEMA_H
#define CONF_CONF_SCHEMA_H

#include "conf/conf.h"

enum conf_type {
	CONF_STRING,   /* str: any text */
	CONF_NAME,     /* str: a user's or a program's name */
	CONF_DOMAIN,   /* str: a domain name, stored in lower case */
	CONF_ADDRESS,  /* str: an IP address */
	CONF_PATH,     /* str: absolute path */
	CONF_BOOL,     /* bool */
	CONF_U32,      /* uint32_t */
	CONF_SIZE,     /* uint64_t, bytes */
	CONF_DURATION, /* int64_t, milliseconds */
	CONF_ENUM,     /* an enum: index into words */
	CONF_HOSTPORT, /* struct conf_hostport */
	CONF_LISTENER, /* struct conf_listener */
	CONF_NETWORK,  /* struct conf_network */
	CONF_PEER,     /* struct conf_peer: words lists the forms */
	CONF_TYPES
};

enum { CONF_WORDS_MAX = 8 };

struct conf_key {
	const char *path;
	enum conf_type type;
	bool list;
	bool may_be_empty;
	size_t offset;			   /* in struct conf */
	const char *initial;		   /* the default, as conf_set reads it */
	unsigned audience;		   /* enum conf_audience */
	uint64_t min, max;		   /* U32, SIZE, DURATION (milliseconds) */
	const char *words[CONF_WORDS_MAX]; /* ENUM, PEER; ends at NULL; "" is no choice */
	const char *doc;
};

extern const struct conf_key conf_schema[];
extern const size_t conf_schema_n;

/* NULL when there is no such key. */
const struct conf_key *conf_schema_find(str path);
/* True when some key lies below that path ("smtp"). */
bool conf_schema_is_section(str path);
/* The likeliest path meant by an unknown one, or STR_NULL. */
str conf_schema_nearest(str path);

#endif
