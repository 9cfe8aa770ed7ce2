#include "scanner/dcc.h"
#include "scanner/olefy.h"
#include "scanner/scannerline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int (*const parsers[])(struct arena *a, str answer, struct scanner_answer *ret,
			      struct why *why) = { olefy_parse, dcc_parse, scannerline_parse };

/* The first byte chooses whose answer it is. Words are words, few and printable. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new("fuzz", 16 << 20);
	struct scanner_answer answer = { 0 };
	struct why why;

	if (size > 0) {
		int r = parsers[data[0] % ARRAY_LEN(parsers)](a, str_of(data + 1, size - 1),
							      &answer, &why);

		bug_if(r > 0 || answer.words.n > SCANNER_WORDS);
	}
	for (size_t i = 0; i < answer.words.n; i++) {
		bug_if(!scanner_is_word(answer.words.v[i].word));
		for (size_t k = 0; k < answer.words.v[i].text.n; k++)
			bug_if((unsigned char)answer.words.v[i].text.p[k] < 0x20);
	}
	arena_free(a);
	return 0;
}
