/* store/question.h - one question of the command line while it is answered.
 *
 * Input    words of a permitted user.
 * Memory   texts live in the arena of the question; the document is a memfd.
 * Limits   those of message answer.   Threads  one question, one thread.
 * Errors   negative errno, why in the question; question_fail makes an answer of it.
 */
#ifndef STORE_QUESTION_H
#define STORE_QUESTION_H

#include "ctl/ctlserver.h"
#include "store/store.h"

/* As the exit status of the command line. */
enum { QUESTION_DONE, QUESTION_NO, QUESTION_USAGE, QUESTION_ENVIRONMENT };

struct question {
	struct store *s;
	struct arena *a;
	const str *ids; /* the words behind the command */
	size_t n;
	int given; /* the document that came with the question, or -1 */
	int doc;   /* a memfd once something was put, or -1 */
	struct why why;
	struct ctlserver_answer *ret;
};

void question_say(struct question *q, int status, str text);
/* The answer is what why says. */
void question_fail(struct question *q);
/* The answer is that there is no such message. */
void question_absent(struct question *q, str id);
/* Append to the document. */
int question_put(struct question *q, str bytes) must_use;
int question_put_line(struct question *q, str line) must_use;
void question_on_line(void *question, str line);
/* The answer is the document. */
void question_hand_over(struct question *q);

#endif
