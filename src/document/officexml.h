/* document/officexml.h - what a part of an Office or OpenDocument file refers to, starts or
 * carries: relationships, field codes, DDE links, actions, embedded data, code, text.
 *
 * One reader for all parts and for the flat forms (Word and Excel 2003 XML, Flat OPC, flat
 * OpenDocument), because elements are known by their local names whatever the prefix.
 *
 * Input    hostile XML.
 * Memory   in the caller's arena.
 * Limits   OFFICEXML_ITEMS_MAX items, OFFICEXML_TEXT_MAX bytes of text, code and formulas;
 *          embedded data is no longer than the input. A declared entity ends the reading:
 *          Office files have none. Linear.
 * Threads  pure.   Errors  broken: what came before the damage is there.
 */
#ifndef DOCUMENT_OFFICEXML_H
#define DOCUMENT_OFFICEXML_H

#include "base/arena.h"

enum { OFFICEXML_ITEMS_MAX = 100000, OFFICEXML_TEXT_MAX = 16 << 20 };

enum officexml_kind {
	OFFICEXML_RELATION, /* name: last word of its type; value: target */
	OFFICEXML_LINK,	    /* name: element; value: address */
	OFFICEXML_FIELD,    /* value: instruction */
	OFFICEXML_DDE,	    /* value: application|topic */
	OFFICEXML_WEB,	    /* name: function; value: formula that asks a web site */
	OFFICEXML_ACTION,   /* value: ppaction://... or a macro's name */
	OFFICEXML_OBJECT,   /* name: element; value: class of the object */
	OFFICEXML_FILE,	    /* name; value: decoded bytes */
};

struct officexml_item {
	enum officexml_kind kind;
	bool external;
	str name, value;
};

struct officexml {
	ARENA_VEC(struct officexml_item) items;
	str root;	/* local name of the first element */
	str text, code; /* shown; programs */
	str formulas;	/* of macro sheets */
	bool macro_sheet, auto_open;
	bool encrypted; /* OpenDocument's list of members names keys (part 3, 4.8.1) */
	bool entity;	/* an entity is declared */
	bool broken;	/* or too many items */
	bool cut;	/* more text, code or a longer field than the limit */
};

void officexml_read(struct arena *a, str xml, struct officexml *ret);

#endif
