#include "inspect/inspect_private.h"

#include "base/utf8.h"
#include "inspect/inspect_readings.h"
#include "mime/filename.h"

enum { LINE_SEPARATOR = 0x2028, PARAGRAPH_SEPARATOR = 0x2029 };

/* Extensions that Windows runs when opened. */
static const str program_extensions[] = {
	STR("exe"), STR("scr"), STR("com"), STR("pif"), STR("bat"),  STR("cmd"), STR("js"),
	STR("jse"), STR("vbs"), STR("vbe"), STR("wsf"), STR("wsh"),  STR("hta"), STR("lnk"),
	STR("msi"), STR("ps1"), STR("jar"), STR("cpl"), STR("iso"),  STR("img"), STR("vhd"),
	STR("chm"), STR("reg"), STR("url"), STR("scf"), STR("html"), STR("htm"), STR("shtml"),
};

static const str script_extensions[] = {
	STR("js"),  STR("jse"), STR("vbs"), STR("vbe"),	 STR("wsf"), STR("wsh"), STR("hta"),
	STR("bat"), STR("cmd"), STR("ps1"), STR("psm1"), STR("sct"), STR("reg"), STR("scf"),
};

static const str harmless_extensions[] = {
	STR("pdf"), STR("doc"), STR("docx"), STR("xls"), STR("xlsx"), STR("ppt"), STR("pptx"),
	STR("odt"), STR("ods"), STR("rtf"),  STR("txt"), STR("csv"),  STR("jpg"), STR("jpeg"),
	STR("png"), STR("gif"), STR("bmp"),  STR("tif"), STR("tiff"), STR("mp3"), STR("mp4"),
	STR("wav"), STR("zip"), STR("eml"),  STR("xml"),
};

static bool is_in(str word, const str *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_caseeq(word, list[i]))
			return true;
	}
	return false;
}

/* The extension without its dot; *name loses it. */
static str cut_extension(str *name)
{
	size_t dot = str_rchr(*name, '.');
	str extension;

	if (dot == STR_NONE)
		return STR_NULL;
	extension = str_trim(str_skip(*name, dot + 1));
	*name = str_trim(str_sub(*name, 0, dot));
	return extension;
}

/* Windows ignores dots and blanks at the end of a name. */
static str without_tail(str name)
{
	while (name.n && (str_is_space(name.p[name.n - 1]) || name.p[name.n - 1] == '.'))
		name.n--;
	return name;
}

bool inspect_name_is_script(str filename)
{
	str name = without_tail(filename);

	return is_in(cut_extension(&name), script_extensions, ARRAY_LEN(script_extensions));
}

static bool is_double(str filename)
{
	str name = without_tail(filename);
	str last = cut_extension(&name);
	str before = cut_extension(&name);

	return before.n && is_in(last, program_extensions, ARRAY_LEN(program_extensions)) &&
	       is_in(before, harmless_extensions, ARRAY_LEN(harmless_extensions));
}

/* An archive's member may lie in a folder; a part's file name may not name one. */
static bool leaves_folder(str name, bool in_archive)
{
	bool drive = name.n > 1 && str_is_alpha(name.p[0]) && name.p[1] == ':';
	bool slash = str_chr(name, '/') != STR_NONE || str_chr(name, '\\') != STR_NONE;

	if (drive || str_starts(name, STR("/")) || str_starts(name, STR("\\")))
		return true;
	if (str_starts(name, STR("../")) || str_starts(name, STR("..\\")) ||
	    str_find(name, STR("/../")) != STR_NONE || str_find(name, STR("\\..\\")) != STR_NONE)
		return true;
	return slash && !in_archive;
}

static bool overrides_direction(uint32_t cp)
{
	return (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

/* Each kind of file that some system takes the name for is judged as a name of its own. */
static void judge_readings(struct walk *w, uint32_t index, str name)
{
	static const struct {
		uint32_t note;
		enum finding finding;
	} table[] = {
		{ FILENAME_OBSCURE, FINDING_NAME_OBSCURE },
		{ FILENAME_STREAM, FINDING_NAME_STREAM },
		{ FILENAME_CLSID, FINDING_NAME_CLSID },
	};
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct filename_readings r;

	filename_read(scratch, name, &r);
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (r.notes & table[i].note)
			walk_find(w, table[i].finding, index, name);
	}
	for (size_t i = 0; i < r.n; i++)
		inspect_readings_name(w, index, r.v[i]);
}

void inspect_name_check(struct walk *w, uint32_t index, str filename, bool in_archive)
{
	bool direction = false, control = false, nul = false, line_end = false, separator = false;
	str rest = filename;

	while (rest.n) {
		uint32_t cp = 0;
		size_t n = utf8_next(rest, &cp);

		direction |= n && overrides_direction(cp);
		nul |= n && cp == 0;
		separator |= n && (cp == LINE_SEPARATOR || cp == PARAGRAPH_SEPARATOR);
		line_end |= n && (cp == '\r' || cp == '\n');
		control |= n && (cp < 0x20 || cp == 0x7f);
		rest = str_skip(rest, n ? n : 1);
	}
	if (direction)
		walk_find(w, FINDING_NAME_RTL_OVERRIDE, index, filename);
	if (separator)
		walk_find(w, FINDING_NAME_OBSCURE, index, filename);
	if (nul)
		walk_find(w, FINDING_NAME_NUL, index, filename);
	if (control)
		walk_find(w, FINDING_NAME_CONTROL, index, filename);
	if (line_end && !in_archive)
		walk_find(w, FINDING_NAME_LINE_END, index, filename);
	if (inspect_headers_attack(filename))
		walk_find(w, FINDING_HEADER_ATTACK, index, filename);
	if (is_double(filename))
		walk_find(w, FINDING_NAME_DOUBLE_EXTENSION, index, filename);
	if (leaves_folder(filename, in_archive))
		walk_find(w, FINDING_NAME_PATH, index, filename);
	walk_scan(w, PATTERN_FILENAME, STR(""), filename, index);
	judge_readings(w, index, filename);
}

bool inspect_name_kinds_differ(struct walk *w, const struct content *c)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	str extension = filename_extension(scratch, c->filename);

	for (size_t i = 0; i < c->names_n; i++) {
		if (!str_eq(filename_extension(scratch, c->names[i]), extension))
			return true;
	}
	return false;
}

void inspect_name_check_all(struct walk *w, uint32_t index, const struct content *c)
{
	cleanup(arena_freep) struct arena *scratch = NULL;
	str extension;

	if (c->filename.n)
		inspect_name_check(w, index, c->filename, false);
	if (!c->names_n)
		return;
	scratch = walk_scratch(w);
	extension = filename_extension(scratch, c->filename);
	for (size_t i = 0; i < c->names_n; i++) {
		if (!str_eq(filename_extension(scratch, c->names[i]), extension)) {
			inspect_readings_name(w, index, c->names[i]);
			judge_readings(w, index, c->names[i]);
		}
	}
}
