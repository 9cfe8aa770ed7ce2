#include "mime/language.h"

enum {
	FR = 1 << 0,
	EN = 1 << 1,
	DE = 1 << 2,
	ES = 1 << 3,
	IT = 1 << 4,
	NL = 1 << 5,
	PT = 1 << 6,
	LANGUAGES = 7
};
enum { WORDS = 150, WORD_MAX = 6, LETTERS_MIN = 40, HITS_MIN = 4 };

/* In the order of the bits. */
static const str names[LANGUAGES] = {
	STR("fr"), STR("en"), STR("de"), STR("es"), STR("it"), STR("nl"), STR("pt"),
};

/* Commonest words without accents; one that several languages share counts for each. */
static const struct {
	char word[8]; /* filled with zeros, so that it compares as a number */
	uint8_t of;
} common[] = {
	/* clang-format off */
	{ "le", FR | IT }, { "les", FR }, { "des", FR | DE }, { "et", FR }, { "du", FR | DE },
	{ "un", FR | ES | IT }, { "une", FR }, { "est", FR }, { "que", FR | ES | PT },
	{ "qui", FR }, { "dans", FR }, { "pour", FR }, { "vous", FR }, { "nous", FR },
	{ "votre", FR }, { "par", FR }, { "sur", FR }, { "avec", FR }, { "pas", FR },
	{ "au", FR }, { "ce", FR }, { "ne", FR }, { "sont", FR }, { "cette", FR },
	{ "la", FR | ES | IT }, { "de", FR | ES | NL | PT }, { "en", FR | ES | NL },
	{ "se", FR | ES | PT }, { "je", FR | NL }, { "si", FR | ES | IT }, { "il", FR | IT },
	{ "mais", FR | PT }, { "a", FR | EN | ES | IT | PT }, { "the", EN }, { "and", EN },
	{ "of", EN | NL }, { "to", EN }, { "is", EN | NL }, { "you", EN }, { "for", EN },
	{ "this", EN }, { "that", EN }, { "with", EN }, { "your", EN }, { "are", EN },
	{ "it", EN }, { "be", EN }, { "have", EN }, { "not", EN }, { "will", EN | DE },
	{ "from", EN }, { "or", EN }, { "we", EN | NL }, { "our", EN }, { "can", EN },
	{ "i", EN | IT }, { "in", EN | DE | IT | NL }, { "no", EN | ES | PT }, { "der", DE },
	{ "die", DE | NL }, { "das", DE | PT }, { "und", DE }, { "ist", DE }, { "sie", DE },
	{ "nicht", DE }, { "mit", DE }, { "ein", DE }, { "eine", DE }, { "zu", DE },
	{ "den", DE }, { "auf", DE }, { "fur", DE }, { "von", DE }, { "dem", DE },
	{ "ich", DE }, { "im", DE }, { "sich", DE }, { "wir", DE }, { "es", DE | ES },
	{ "er", DE | NL }, { "el", ES }, { "los", ES }, { "las", ES }, { "y", ES },
	{ "del", ES | IT }, { "una", ES | IT }, { "por", ES | PT }, { "para", ES | PT },
	{ "con", ES | IT }, { "su", ES | IT }, { "como", ES | PT }, { "lo", ES | IT },
	{ "al", ES | IT }, { "esta", ES | PT }, { "ha", ES | IT }, { "di", IT }, { "che", IT },
	{ "per", IT }, { "non", IT }, { "della", IT }, { "sono", IT }, { "gli", IT },
	{ "nel", IT }, { "da", IT | PT }, { "e", IT | PT }, { "dei", IT }, { "piu", IT },
	{ "sua", IT | PT }, { "het", NL }, { "een", NL }, { "van", NL }, { "dat", NL },
	{ "niet", NL }, { "te", NL }, { "zijn", NL }, { "op", NL }, { "met", NL },
	{ "voor", NL }, { "u", NL }, { "aan", NL }, { "wij", NL }, { "ook", NL }, { "o", PT },
	{ "os", PT }, { "do", PT }, { "dos", PT }, { "um", PT }, { "uma", PT }, { "nao", PT },
	{ "com", PT }, { "na", PT }, { "em", PT }, { "ao", PT }, { "voce", PT },
	/* clang-format on */
};

static uint8_t languages_of(str word)
{
	uint8_t of = 0;
	uint64_t key = 0, entry;

	memcpy(&key, word.p, word.n);
	for (size_t i = 0; i < ARRAY_LEN(common); i++) {
		memcpy(&entry, common[i].word, sizeof(entry));
		if (entry == key)
			of |= common[i].of;
	}
	return of;
}

static void count_words(str text, uint32_t hits[LANGUAGES])
{
	size_t words = 0;

	for (size_t i = 0; i < text.n && words < WORDS;) {
		size_t start = i;
		uint8_t of;

		while (i < text.n && (str_is_alpha(text.p[i]) || (text.p[i] & 0x80)))
			i++;
		if (i == start) {
			i++;
			continue;
		}
		words++;
		of = i - start <= WORD_MAX ? languages_of(str_sub(text, start, i)) : 0;
		for (int k = 0; k < LANGUAGES; k++)
			hits[k] += of >> k & 1;
	}
}

static str latin_language(str text)
{
	uint32_t hits[LANGUAGES] = { 0 };
	int best = 0, second = 1;

	count_words(text, hits);
	if (hits[second] > hits[best])
		best = 1, second = 0;
	for (int k = 2; k < LANGUAGES; k++) {
		if (hits[k] > hits[best])
			second = best, best = k;
		else if (hits[k] > hits[second])
			second = k;
	}
	if (hits[best] < HITS_MIN || hits[best] * 4 < hits[second] * 5)
		return STR("");
	return names[best];
}

str language_guess(str folded, const struct fold_facts *facts)
{
	static const str of_script[FOLD_SCRIPTS] = {
		[FOLD_LATIN] = STR(""),	   [FOLD_CYRILLIC] = STR("ru"), [FOLD_GREEK] = STR("el"),
		[FOLD_HEBREW] = STR("he"), [FOLD_ARABIC] = STR("ar"),	[FOLD_THAI] = STR("th"),
		[FOLD_HANGUL] = STR("ko"), [FOLD_KANA] = STR("ja"),	[FOLD_HAN] = STR("zh"),
		[FOLD_OTHER] = STR(""),
	};
	const uint32_t *n = facts->letters;
	uint64_t all = 0;
	int most = 0;

	for (int i = 0; i < FOLD_SCRIPTS; i++) {
		all += n[i];
		if (n[i] > n[most])
			most = i;
	}
	/* One ideogram says as much as a word. */
	if (all < (most == FOLD_HAN || most == FOLD_KANA ? 10 : LETTERS_MIN))
		return STR("");
	if (most == FOLD_HAN && n[FOLD_KANA] * 10 > n[FOLD_HAN])
		most = FOLD_KANA; /* Japanese is written with both */
	return most == FOLD_LATIN ? latin_language(folded) : of_script[most];
}
