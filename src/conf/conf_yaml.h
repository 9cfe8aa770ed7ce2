/* conf/conf_yaml.h - one YAML document as a tree whose nodes know line and column.
 *
 * The plain part of YAML only: mappings with scalar keys, sequences, scalars. Anchors,
 * aliases, tags, duplicate keys and several documents are refused.
 *
 * Input    files of the administrator; any bytes are safe.
 * Memory   the tree is in the arena and borrows nothing from the text.
 * Limits   CONF_YAML_MAX_DEPTH levels, CONF_YAML_MAX_NODES nodes.
 * Threads  pure.
 * Errors   -EINVAL and a why "NAME:LINE:COL: ...".
 */
#ifndef CONF_CONF_YAML_H
#define CONF_CONF_YAML_H

#include "base/arena.h"
#include "base/why.h"

enum { CONF_YAML_MAX_DEPTH = 16, CONF_YAML_MAX_NODES = 200000 };

enum conf_yaml_kind { CONF_YAML_SCALAR, CONF_YAML_SEQUENCE, CONF_YAML_MAPPING };

struct conf_yaml {
	enum conf_yaml_kind kind;
	bool plain;	    /* a scalar without quotes */
	uint32_t line, col; /* from 1 */
	str key;	    /* in a mapping: this entry's key, and where it stands */
	uint32_t key_line, key_col;
	str text;		 /* SCALAR */
	struct conf_yaml *child; /* first element or entry */
	struct conf_yaml *next;	 /* the next one beside this */
	size_t n;		 /* number of children */
};

/* An empty file is an empty mapping. */
int conf_yaml_parse(struct arena *a, const char *name, str text, struct conf_yaml **ret,
		    struct why *why) must_use;
/* The entry of a mapping, or NULL. */
const struct conf_yaml *conf_yaml_get(const struct conf_yaml *map, str key);
/* "key:" with nothing behind it. */
bool conf_yaml_is_nothing(const struct conf_yaml *node);
/* "a list": what was found, for error texts. */
const char *conf_yaml_kind_name(const struct conf_yaml *node);

#endif
