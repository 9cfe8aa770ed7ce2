/* records/reportsout.h - what is counted for the reports we send, and what became of each.
 *
 * A report is about one day (UTC), one kind and one domain; its head is what else sets it apart
 * (the DMARC record that was published). Rows are opaque text: the same text is the same row and
 * is counted. They gather in memory and are written now and then; what gathers is lost with the
 * process, since mail never waits for statistics.
 *
 * Input    hostile text, of a weaker process.
 * Memory   embedded in its owner; what gathers is copied.
 * Limits   REPORTSOUT_GATHERED different rows between two writes, REPORTSOUT_ROWS of one report,
 *          REPORTSOUT_DAY_ROWS and REPORTSOUT_REPORTS of one day, REPORTSOUT_HEADS heads of one
 * domain and day; what is above is counted as left out. Rows of settled reports are kept for
 * REPORTSOUT_KEEP_DAYS. Threads  internally locked. Errors   negative errno and why;
 * RECORDSDB_E_BROKEN as recordsdb_open.
 */
#ifndef RECORDS_REPORTSOUT_H
#define RECORDS_REPORTSOUT_H

#include "base/map.h"
#include "base/strbuf.h"
#include "records/recordsdb.h"

#include <pthread.h>

enum {
	REPORTSOUT_GATHERED = 20000,
	REPORTSOUT_ROWS = 10000,
	REPORTSOUT_REPORTS = 20000,
	REPORTSOUT_HEADS = 4,
	REPORTSOUT_DAY_ROWS = 100000,
	REPORTSOUT_KEEP_DAYS = 7,
	REPORTSOUT_DAY_S = 86400,
};

enum reportsout_kind { REPORTSOUT_DMARC, REPORTSOUT_TLS };
enum { REPORTSOUT_KINDS = REPORTSOUT_TLS + 1 };

/* Counting, then closed by a person before its day was over, then settled. */
enum reportsout_state {
	REPORTSOUT_OPEN,
	REPORTSOUT_CLOSED,
	REPORTSOUT_SENT,
	REPORTSOUT_UNWANTED, /* nobody asks for it, or nobody may have it */
};
enum { REPORTSOUT_STATES = REPORTSOUT_UNWANTED + 1 };

struct reportsout_one {
	int64_t id; /* 0: there is none */
	enum reportsout_kind kind;
	str domain, head;
	int64_t day;	    /* days since 1970 */
	int64_t begin, end; /* seconds since 1970; end is the last one that counts */
	int64_t part;	    /* of several about the same kind, day and domain, from 0 on */
	int64_t rows;
	int64_t left_out; /* messages whose rows are not there */
};

struct reportsout_row {
	str text;
	int64_t n;
};

struct reportsout {
	sqlite3 *db;
	struct reportsout_statements {
		sqlite3_stmt *find, *add, *count_day, *count_heads, *count_row, *add_row, *grow;
		sqlite3_stmt *next, *one, *rows, *close, *settle, *list, *forget_rows;
		sqlite3_stmt *forget, *forget_settled, *day_rows;
	} q;
	pthread_mutex_t db_lock; /* around every use of the connection */
	pthread_mutex_t lock;	 /* of what gathers */
	struct arena *arena, *spare;
	struct map gathered;
	struct arena *keys;	/* of key */
	struct strbuf key;	/* of the row that is being counted */
	int64_t rows, rows_day; /* with db_lock: how many there are of that day, 0: not known */
	int64_t max_rows;	/* REPORTSOUT_DAY_ROWS, but in tests */
	uint64_t dropped;	/* there was no room to gather them */
};

int reportsout_open(struct reportsout *r, const char *path, struct why *why) must_use;
void reportsout_close(struct reportsout *r);

/* Counts one message or session at that time. */
void reportsout_count(struct reportsout *r, enum reportsout_kind kind, str domain, str head,
		      str row, int64_t wall);
/* Writes what has gathered; *ret_dropped is how many did not fit since the last time. */
int reportsout_flush(struct reportsout *r, uint64_t *ret_dropped, struct why *why) must_use;

/* The first report above the id after that is not settled, and is closed or of a day before
 * that one. */
int reportsout_next(struct reportsout *r, struct arena *a, int64_t before, int64_t after,
		    struct reportsout_one *ret, struct why *why) must_use;
int reportsout_find(struct reportsout *r, struct arena *a, int64_t id, struct reportsout_one *ret,
		    struct why *why) must_use;
/* Up to max of its rows behind *at, which begins at 0; *ret_n is 0 after the last. */
int reportsout_rows(struct reportsout *r, struct arena *a, int64_t id, int64_t *at,
		    struct reportsout_row *ret, size_t max, size_t *ret_n, struct why *why)
	must_use;
/* Closes what is open of that day (-1: of all), of one domain or (empty) of all; *ret_n is how
 * many. */
int reportsout_close_day(struct reportsout *r, int64_t day, str domain, int64_t wall, int *ret_n,
			 struct why *why) must_use;
/* Sent or unwanted, once; on disk for good when it returns. */
int reportsout_settle(struct reportsout *r, int64_t id, enum reportsout_state state, str detail,
		      int64_t wall, struct why *why) must_use;
/* Each report of that day (-1: of all) as a JSON object, of one domain or (empty) of all. */
int reportsout_list(struct reportsout *r, int64_t day, str domain,
		    void (*on_line)(void *ctx, int64_t id, str line), void *ctx, struct why *why)
	must_use;
/* Forgets the reports of days before that one, and the rows of those that were settled before
 * the other. */
int reportsout_expire(struct reportsout *r, int64_t before_day, int64_t rows_before_day,
		      struct why *why) must_use;

#endif
