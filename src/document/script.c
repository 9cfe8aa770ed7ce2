#include "document/script.h"

enum { THRESHOLD = 4, PROBE = 64 };

enum language { JAVASCRIPT, VBSCRIPT, POWERSHELL, BATCH, PYTHON, LANGUAGES };

static const str language_types[LANGUAGES] = {
	STR("application/javascript"), STR("text/vbscript"), STR("application/x-powershell"),
	STR("application/x-bat"),      STR("text/x-python"),
};

/* 1: bytes, 2: UTF-16LE, 3: UTF-16BE; *ret_from: behind the byte order mark. */
static int width_of(str s, size_t *ret_from)
{
	size_t even = 0, odd = 0, n = s.n < PROBE ? s.n : PROBE;

	*ret_from = 0;
	if (str_starts(s, STR("\xef\xbb\xbf")))
		*ret_from = 3;
	if (str_starts(s, STR("\xff\xfe")) || str_starts(s, STR("\xfe\xff"))) {
		*ret_from = 2;
		return s.p[0] == '\xff' ? 2 : 3;
	}
	for (size_t i = 0; i < n; i++)
		*(i % 2 ? &odd : &even) += s.p[i] == '\0';
	if (n < 8 || (odd < n / 3 && even < n / 3))
		return 1;
	return odd >= even ? 2 : 3;
}

bool script_is_wide(str bytes)
{
	size_t from;

	return width_of(bytes, &from) != 1;
}

/* Letters beyond ASCII become a question mark: they decide nothing here. */
size_t script_narrow(str bytes, char *out, size_t max)
{
	size_t from, n = 0;
	int width = width_of(bytes, &from);

	if (width == 1) {
		bytes = str_sub(bytes, from, from + max);
		memcpy(out, bytes.n ? bytes.p : "", bytes.n);
		return bytes.n;
	}
	for (size_t i = from; i + 1 < bytes.n && n < max; i += 2) {
		char low = bytes.p[width == 2 ? i : i + 1], high = bytes.p[width == 2 ? i + 1 : i];

		out[n++] = (char)(high || (unsigned char)low > 126 ? '?' : low);
	}
	return n;
}

str script_text(struct arena *a, str bytes)
{
	char *out = arena_alloc(a, bytes.n + 1);

	return str_of(out, script_narrow(bytes, out, bytes.n));
}

static bool holds(str text, str word)
{
	return str_casefind(text, word) != STR_NONE;
}

/* Files whose first line says what they are. */
static str by_start(str text)
{
	static const struct {
		str start, type;
	} starts[] = {
		{ STR("Windows Registry Editor"), STR("application/x-ms-regedit") },
		{ STR("REGEDIT4"), STR("application/x-ms-regedit") },
		{ STR("#@~^"), STR("application/x-ms-encoded-script") },
		{ STR("[ScriptFile]"), STR("application/x-wsh-script") },
		{ STR("[oledb]"), STR("application/x-ms-udl") },
		{ STR("[autorun]"), STR("application/x-ms-inf") },
		{ STR("screen mode id:i:"), STR("application/x-rdp") },
		{ STR("full address:s:"), STR("application/x-rdp") },
		{ STR("WEB\r\n1\r\n"), STR("text/x-ms-iqy") },
		{ STR("WEB\n1\n"), STR("text/x-ms-iqy") },
		{ STR("#!"), STR("application/x-shellscript") },
		{ STR("<?php"), STR("application/x-php") },
	};

	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		if (str_casestarts(text, starts[i].start))
			return starts[i].type;
	}
	return STR("");
}

/* Settings whose sections and keys together are nothing else. */
static str by_sections(str text)
{
	static const str scf[] = { STR("[Shell]"), STR("[Taskbar]"), STR("Command="),
				   STR("IconFile=") };
	int n = 0;

	if (holds(text, STR("#@~^")) && holds(text, STR("^#~@")))
		return STR("application/x-ms-encoded-script");
	if (str_casestarts(text, STR("http")) && holds(text, STR(".application#")))
		return STR("application/x-ms-application");
	if (holds(text, STR("[InternetShortcut")) && holds(text, STR("URL=")))
		return STR("application/x-mswinurl");
	if (str_chr(text, '[') == STR_NONE)
		return STR("");
	for (size_t i = 0; i < ARRAY_LEN(scf); i++)
		n += holds(text, scf[i]);
	if (n >= 3 || (n == 2 && holds(text, STR("[Shell]")) && holds(text, STR("Command="))))
		return STR("application/x-ms-scf");
	if (holds(text, STR("[version]")) && holds(text, STR("signature")) &&
	    (holds(text, STR("install")) || holds(text, STR("$CHICAGO$")) ||
	     holds(text, STR("$WINDOWS NT$"))))
		return STR("application/x-ms-inf");
	return STR("");
}

/* The first may stand in any page. */
static str by_markup(str text)
{
	static const struct {
		str one, other, type;
	} tags[] = {
		{ STR("<hta:application"), STR("<hta:"), STR("application/hta") },
		{ STR("<scriptlet"), STR("<script"), STR("text/scriptlet") },
		{ STR("<component"), STR("<script"), STR("text/scriptlet") },
		{ STR("<job"), STR("<script"), STR("application/x-wsh-script") },
		{ STR("<package"), STR("<script"), STR("application/x-wsh-script") },
		{ STR("schemas-microsoft-com:xslt"), STR(":script"),
		  STR("application/xslt+script") },
		{ STR("<jnlp"), STR("<resources"), STR("application/x-java-jnlp-file") },
		{ STR("<jnlp"), STR("codebase"), STR("application/x-java-jnlp-file") },
		{ STR("<searchConnectorDescription"), STR("<"), STR("application/x-ms-search") },
		{ STR("<libraryDescription"), STR("<"), STR("application/x-ms-search") },
		{ STR("<PCSettings"), STR("<SearchableContent"),
		  STR("application/x-ms-settingcontent") },
		{ STR("<AppInstaller"), STR("Uri="), STR("application/appinstaller") },
		{ STR("asm.v1"), STR("<deployment"), STR("application/x-ms-application") },
		{ STR("<Configuration"), STR("<LogonCommand"), STR("application/x-ms-sandbox") },
	};

	bool page;

	if (str_chr(text, '<') == STR_NONE)
		return STR("");
	page = holds(text, STR("<html"));
	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		if ((i == 0 || !page) && holds(text, tags[i].one) && holds(text, tags[i].other))
			return tags[i].type;
	}
	return STR("");
}

static str trim_start(str s)
{
	while (s.n && str_is_space(s.p[0]))
		s = str_skip(s, 1);
	return s;
}

str script_signature(str bytes)
{
	char window[SCRIPT_WINDOW];
	str text = trim_start(str_of(window, script_narrow(bytes, window, sizeof(window))));
	str type = by_start(text);

	if (!type.n)
		type = by_sections(text);
	if (!type.n)
		type = by_markup(text);
	return type;
}

/* How lines begin. */
static const struct {
	str start;
	enum language language;
	int weight;
	str later; /* and what stands in the rest of the line, or empty */
} lines[] = {
	{ STR("dim "), VBSCRIPT, 2, STR("") },
	{ STR("option explicit"), VBSCRIPT, 4, STR("") },
	{ STR("on error "), VBSCRIPT, 4, STR("") },
	{ STR("end sub"), VBSCRIPT, 3, STR("") },
	{ STR("end function"), VBSCRIPT, 3, STR("") },
	{ STR("end if"), VBSCRIPT, 2, STR("") },
	{ STR("sub "), VBSCRIPT, 2, STR("(") },
	{ STR("private sub "), VBSCRIPT, 4, STR("(") },
	{ STR("public sub "), VBSCRIPT, 4, STR("(") },
	{ STR("attribute vb_"), VBSCRIPT, 4, STR("") },
	{ STR("set "), VBSCRIPT, 2, STR("= ") },
	{ STR("set "), VBSCRIPT, 2, STR("createobject") },
	{ STR("msgbox"), VBSCRIPT, 2, STR("\"") },
	{ STR("wscript."), VBSCRIPT, 4, STR("") },
	{ STR("execute"), VBSCRIPT, 2, STR("(") },
	{ STR("var "), JAVASCRIPT, 2, STR("=") },
	{ STR("var "), JAVASCRIPT, 2, STR("= new ") },
	{ STR("let "), JAVASCRIPT, 2, STR("=") },
	{ STR("const "), JAVASCRIPT, 2, STR("=") },
	{ STR("function "), JAVASCRIPT, 2, STR("{") },
	{ STR("(function"), JAVASCRIPT, 4, STR("") },
	{ STR("!function"), JAVASCRIPT, 4, STR("") },
	{ STR("if ("), JAVASCRIPT, 1, STR("{") },
	{ STR("for ("), JAVASCRIPT, 2, STR(";") },
	{ STR("return "), JAVASCRIPT, 1, STR(";") },
	{ STR("};"), JAVASCRIPT, 1, STR("") },
	{ STR("});"), JAVASCRIPT, 2, STR("") },
	{ STR("window."), JAVASCRIPT, 2, STR("=") },
	{ STR("document."), JAVASCRIPT, 2, STR("(") },
	{ STR("console."), JAVASCRIPT, 3, STR("(") },
	{ STR("alert("), JAVASCRIPT, 2, STR(")") },
	{ STR("import "), JAVASCRIPT, 3, STR(" from ") },
	{ STR("@if"), JAVASCRIPT, 2, STR("") },
	{ STR("param("), POWERSHELL, 3, STR("") },
	{ STR("param ("), POWERSHELL, 3, STR("") },
	{ STR("import-module "), POWERSHELL, 4, STR("") },
	{ STR("function "), POWERSHELL, 2, STR("-") },
	{ STR("[cmdletbinding"), POWERSHELL, 4, STR("") },
	{ STR("$"), POWERSHELL, 2, STR(" = ") },
	{ STR("$"), POWERSHELL, 2, STR("=new-object") },
	{ STR("powershell"), POWERSHELL, 4, STR(" -") },
	{ STR("set-"), POWERSHELL, 2, STR(" -") },
	{ STR("get-"), POWERSHELL, 2, STR(" -") },
	{ STR("write-"), POWERSHELL, 3, STR(" ") },
	{ STR("invoke-"), POWERSHELL, 3, STR("") },
	{ STR("start-process"), POWERSHELL, 4, STR("") },
	{ STR("iex"), POWERSHELL, 3, STR("(") },
	{ STR("@echo "), BATCH, 4, STR("") },
	{ STR("echo off"), BATCH, 4, STR("") },
	{ STR("rem "), BATCH, 1, STR("") },
	{ STR("setlocal"), BATCH, 4, STR("") },
	{ STR("goto "), BATCH, 2, STR("") },
	{ STR("goto:"), BATCH, 3, STR("") },
	{ STR("if exist "), BATCH, 3, STR("") },
	{ STR("if not exist "), BATCH, 3, STR("") },
	{ STR("if errorlevel "), BATCH, 4, STR("") },
	{ STR("exit /b"), BATCH, 4, STR("") },
	{ STR("for /"), BATCH, 4, STR("%") },
	{ STR("cmd /c"), BATCH, 4, STR("") },
	{ STR("cmd.exe "), BATCH, 4, STR("/") },
	{ STR("set "), BATCH, 1, STR("=") },
	{ STR("del /"), BATCH, 3, STR("") },
	{ STR("copy /"), BATCH, 3, STR("") },
	{ STR("start "), BATCH, 1, STR(".") },
	{ STR("pause"), BATCH, 1, STR("") },
	{ STR("reg add "), BATCH, 4, STR("") },
	{ STR("certutil "), BATCH, 4, STR("-") },
	{ STR("mshta "), BATCH, 4, STR("") },
	{ STR("import "), PYTHON, 2, STR("") },
	{ STR("from "), PYTHON, 3, STR(" import ") },
	{ STR("def "), PYTHON, 3, STR("):") },
	{ STR("class "), PYTHON, 2, STR("):") },
	{ STR("if __name__"), PYTHON, 4, STR("") },
};

/* Words that stand anywhere in a line of code. */
static const struct {
	str word;
	enum language language;
	int weight;
} words[] = {
	{ STR("activexobject("), JAVASCRIPT, 4 },
	{ STR("getelementbyid("), JAVASCRIPT, 3 },
	{ STR("function("), JAVASCRIPT, 2 },
	{ STR("function ("), JAVASCRIPT, 2 },
	{ STR("fromcharcode("), JAVASCRIPT, 4 },
	{ STR("eval("), JAVASCRIPT, 3 },
	{ STR("module.exports"), JAVASCRIPT, 4 },
	{ STR("addeventlistener("), JAVASCRIPT, 3 },
	{ STR("wscript.createobject("), JAVASCRIPT, 4 },
	{ STR("createobject("), VBSCRIPT, 4 },
	{ STR("getobject(\""), VBSCRIPT, 4 },
	{ STR("new-object "), POWERSHELL, 4 },
	{ STR("-executionpolicy"), POWERSHELL, 3 },
	{ STR("downloadstring("), POWERSHELL, 4 },
	{ STR("frombase64string("), POWERSHELL, 4 },
	{ STR("invoke-expression"), POWERSHELL, 3 },
	{ STR("[system."), POWERSHELL, 2 },
	{ STR("[net."), POWERSHELL, 3 },
	{ STR("| out-"), POWERSHELL, 3 },
	{ STR("%~dp0"), BATCH, 4 },
	{ STR("%comspec%"), BATCH, 3 },
};

struct signs {
	int sum[LANGUAGES];
	bool line_seen[ARRAY_LEN(lines)];
	bool word_seen[ARRAY_LEN(words)];
};

/* Each sign counts once. */
static void look_at_line(struct signs *s, str line)
{
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		if (s->line_seen[i] || !str_casestarts(line, lines[i].start))
			continue;
		if (lines[i].later.n && !holds(str_skip(line, lines[i].start.n), lines[i].later))
			continue;
		s->line_seen[i] = true;
		s->sum[lines[i].language] += lines[i].weight;
	}
}

static bool begins_word(str text, size_t at)
{
	return at == 0 || !str_is_alnum(text.p[at - 1]);
}

static void look_at_words(struct signs *s, str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = str_lower_char(text.p[i]);

		if (!begins_word(text, i))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(words); k++) {
			if (words[k].word.p[0] != c || s->word_seen[k] ||
			    !str_casestarts(str_skip(text, i), words[k].word))
				continue;
			s->word_seen[k] = true;
			s->sum[words[k].language] += words[k].weight;
		}
	}
}

str script_language(str bytes)
{
	char window[SCRIPT_WINDOW];
	str text = str_of(window, script_narrow(bytes, window, sizeof(window)));
	str rest = text, line;
	struct signs s = { 0 };
	enum language best = JAVASCRIPT;

	while (str_split(&rest, '\n', &line))
		look_at_line(&s, str_trim(line));
	look_at_words(&s, text);
	for (enum language l = JAVASCRIPT; l < LANGUAGES; l++) {
		if (s.sum[l] > s.sum[best])
			best = l;
	}
	return s.sum[best] >= THRESHOLD ? language_types[best] : STR("");
}

static bool holds_any(str text, const str *any, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (holds(text, any[i]))
			return true;
	}
	return false;
}

/* Windows' own host of scripts, and what only it offers. */
static bool reaches_for_windows(str text)
{
	static const str always[] = {
		STR("wscript"),	       STR("createobject("), STR("getobject("),
		STR("adodb."),	       STR("winhttp"),	     STR("filesystemobject"),
		STR("powershell"),     STR("cmd.exe"),	     STR("cmd /c"),
		STR("winmgmts:"),      STR("regwrite("),     STR("shell.application"),
		STR("scriptfullname"),
	};
	/* What pages asked it for when they had no other way to load something. */
	static const str excuses[] = { STR("microsoft.xmlhttp"), STR("msxml2."), STR("htmlfile") };

	return holds_any(text, always, ARRAY_LEN(always)) ||
	       (holds(text, STR("activexobject")) && !holds_any(text, excuses, ARRAY_LEN(excuses)));
}

bool script_may_be_of_page(str text)
{
	static const str of_browsers[] = {
		STR("document."),	  STR("window."),  STR("window,"),  STR("module.exports"),
		STR("addeventlistener("), STR("jquery"),   STR("define("),  STR("export "),
		STR("localstorage"),	  STR("require("), STR("console."), STR("import "),
	};
	/* Text that is made into code, or names that are put together. */
	static const str veils[] = {
		STR("eval("),	    STR("fromcharcode"),  STR("charcodeat("), STR("unescape("),
		STR("function(\""), STR("charat("),	  STR("this["),	      STR("\\x"),
		STR("constructor"), STR("activexobject"), STR("reverse("),    STR(".join("),
	};

	return !reaches_for_windows(text) &&
	       (holds_any(text, of_browsers, ARRAY_LEN(of_browsers)) ||
		!holds_any(text, veils, ARRAY_LEN(veils)));
}
