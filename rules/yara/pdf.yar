/* For PDF files, as they are: what no reader needs. */
rule pdf_launches_program
{
	meta:
		description = "An action starts a program."
		created = "2026-11-22"
	strings:
		$launch = /\/S\s{0,8}\/Launch\b/
		$program = /\/(Win|F|Unix|Mac)\b.{0,200}(cmd|powershell|mshta|wscript|rundll32|\.exe|\.hta|\.js)/ nocase
	condition:
		$launch and $program
}

rule pdf_script_builds_code
{
	meta:
		description = "A script that runs by itself puts code together from numbers."
		created = "2026-11-22"
	strings:
		$open = /\/(OpenAction|AA)\b/
		$script = /\/(JavaScript|JS)\b/
		$codes = "fromCharCode"
		$unescape = "unescape("
		$eval = "eval("
	condition:
		$open and $script and $eval and ($codes or $unescape)
}
