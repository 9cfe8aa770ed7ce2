/* For the source of macros, and for Visual Basic in scripts. */
rule macro_starts_program_by_itself
{
	meta:
		description = "A macro runs when the document is opened and starts a program."
		created = "2026-11-22"
	strings:
		$auto1 = /\b(Auto_?Open|Auto_?Close|Document_Open|Workbook_Open|Document_Close)\b/ nocase
		$start1 = "WScript.Shell" nocase
		$start2 = "Shell.Application" nocase
		$start3 = /\bShell\s{0,4}\(/ nocase
		$start4 = "Win32_Process" nocase
		$start5 = "URLDownloadToFile" nocase
	condition:
		$auto1 and any of ($start*)
}
