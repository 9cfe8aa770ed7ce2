/* base/log.h - one JSON object a line on standard error, in one write.
 *
 * Only owners log (a session, a delivery, a process); rooms on floors 0-5 return a
 * why. Every string is escaped here, so hostile text cannot forge a line.
 *
 * Limits   LOG_LINE_MAX bytes a line, cut with "cut":true.
 * Threads  internally locked by the kernel: one write a line.
 * Errors   cannot fail; a full disk loses log lines, never mail.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/strbuf.h"

enum { LOG_LINE_MAX = 16 * 1024 };

struct log_field {
	const char *name;
	enum { LOG_STR, LOG_INT, LOG_NUM, LOG_RAW } kind;
	str s; /* LOG_STR; LOG_RAW is JSON of our own making */
	int64_t i;
	double d;
};

#define F_STR(field, value)                                                                        \
	{                                                                                          \
		.name = (field), .kind = LOG_STR, .s = (value)                                     \
	}
#define F_C(field, value)                                                                          \
	{                                                                                          \
		.name = (field), .kind = LOG_STR, .s = str_c(value)                                \
	}
#define F_INT(field, value)                                                                        \
	{                                                                                          \
		.name = (field), .kind = LOG_INT, .i = (int64_t)(value)                            \
	}
#define F_NUM(field, value)                                                                        \
	{                                                                                          \
		.name = (field), .kind = LOG_NUM, .d = (value)                                     \
	}
#define F_RAW(field, value)                                                                        \
	{                                                                                          \
		.name = (field), .kind = LOG_RAW, .s = (value)                                     \
	}

/* The process name shown on each line; a literal. */
void log_set_process(const char *name);
void log_fields(const char *event, const struct log_field *fields, size_t n);

/* The same, and what was written stays in b, without its line feed. b is empty and may hold
 * LOG_LINE_MAX bytes. */
void log_fields_told(struct strbuf *b, const char *event, const struct log_field *fields, size_t n);

/* log_event("smtp.reject", F_STR("from", s), F_INT("code", 550)); at least one field. */
#define log_event(event, ...)                                                                      \
	do {                                                                                       \
		const struct log_field log_f_[] = { __VA_ARGS__ };                                 \
		log_fields((event), log_f_, sizeof(log_f_) / sizeof(log_f_[0]));                   \
	} while (0)

#define log_event_told(b, event, ...)                                                              \
	do {                                                                                       \
		const struct log_field log_f_[] = { __VA_ARGS__ };                                 \
		log_fields_told((b), (event), log_f_, sizeof(log_f_) / sizeof(log_f_[0]));         \
	} while (0)

#endif
