/* document/vba_make.h - for tests: writes what a macro project consists of (MS-OVBA). */
#ifndef DOCUMENT_VBA_MAKE_H
#define DOCUMENT_VBA_MAKE_H

#include "document/cfb_make.h"

/* A compressed container whose tokens are all plain letters. */
unused_arg static str vba_make_container(struct arena *a, str text)
{
	struct strbuf out = strbuf_make(a, CFB_MAKE_MAX);

	strbuf_char(&out, 1);
	while (text.n) {
		str piece = str_sub(text, 0, 3600);
		size_t size = piece.n + (piece.n + 7) / 8 + 2;

		strbuf_char(&out, (char)(size - 3));
		strbuf_char(&out, (char)(((size - 3) >> 8) | 0xb0));
		for (size_t i = 0; i < piece.n; i++) {
			if (i % 8 == 0)
				strbuf_char(&out, '\0');
			strbuf_char(&out, piece.p[i]);
		}
		text = str_skip(text, piece.n);
	}
	return strbuf_str(&out);
}

unused_arg static void vba_make_record(struct strbuf *b, uint32_t id, str data)
{
	strbuf_char(b, (char)id);
	strbuf_char(b, (char)(id >> 8));
	cfb_make_u32(b, (uint32_t)data.n);
	strbuf_put(b, data);
}

/* The "dir" stream of a project with one module; the source begins at offset. */
unused_arg static str vba_make_dir(struct arena *a, str module, uint32_t offset)
{
	struct strbuf b = strbuf_make(a, CFB_MAKE_MAX), number = strbuf_make(a, 8);

	cfb_make_u32(&number, offset);
	vba_make_record(&b, 0x03, STR("\xe4\x04"));
	vba_make_record(&b, 0x19, module);
	vba_make_record(&b, 0x1a, module);
	vba_make_record(&b, 0x31, strbuf_str(&number));
	vba_make_record(&b, 0x2b, STR(""));
	return vba_make_container(a, strbuf_str(&b));
}

/* Adds "Macros/VBA" with a module: compiled code, then its source. */
unused_arg static void vba_make_project(struct cfb_make *m, str module, str compiled, str source)
{
	int32_t macros = cfb_make_storage(m, 0, STR("Macros"));
	int32_t vba = cfb_make_storage(m, macros, STR("VBA"));
	struct strbuf stream = strbuf_make(m->arena, CFB_MAKE_MAX);

	strbuf_put(&stream, compiled);
	strbuf_put(&stream, vba_make_container(m->arena, source));
	(void)cfb_make_stream(m, vba, STR("dir"),
			      vba_make_dir(m->arena, module, (uint32_t)compiled.n));
	(void)cfb_make_stream(m, vba, STR("_VBA_PROJECT"), STR("\xcc\x61\xff\xff"));
	(void)cfb_make_stream(m, vba, module, strbuf_str(&stream));
}

#endif
