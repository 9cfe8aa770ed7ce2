#include "store/question.h"

#include "base/fd.h"

void question_say(struct question *q, int status, str text)
{
	q->ret->status = status;
	q->ret->text = text;
}

void question_fail(struct question *q)
{
	question_say(q, QUESTION_ENVIRONMENT, arena_str(q->a, str_c(q->why.text)));
}

void question_absent(struct question *q, str id)
{
	struct strbuf b = strbuf_make(q->a, CTLSERVER_TEXT_MAX);

	strbuf_printable(&b, id);
	strbuf_put(&b, STR(": no such message"));
	question_say(q, QUESTION_NO, strbuf_str(&b));
}

int question_put(struct question *q, str bytes)
{
	if (q->doc < 0)
		q->doc = fd_memfd("answer", &q->why);
	return q->doc < 0 ? q->doc : fd_write_all(q->doc, bytes, &q->why);
}

int question_put_line(struct question *q, str line)
{
	int r = question_put(q, line);

	return r < 0 ? r : question_put(q, STR("\n"));
}

void question_hand_over(struct question *q)
{
	if (question_put(q, STR("")) < 0 || fd_seal(q->doc, &q->why) < 0) {
		question_fail(q);
		return;
	}
	q->ret->fd = take_fd(q->doc);
}

void question_on_line(void *question, str line)
{
	(void)!question_put_line(question, line); /* hand_over meets the same error again */
}
