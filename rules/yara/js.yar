/* For scripts, wherever they stand. */
rule script_fetches_and_runs
{
	meta:
		description = "A script fetches or unpacks a file, writes it and starts it."
		created = "2026-11-22"
	strings:
		$fetch1 = "MSXML2.XMLHTTP" nocase
		$fetch2 = "WinHttp.WinHttpRequest" nocase
		$fetch3 = "Microsoft.XMLHTTP" nocase
		$write1 = "ADODB.Stream" nocase
		$write2 = "SaveToFile" nocase
		$run1 = "WScript.Shell" nocase
		$run2 = "Shell.Application" nocase
		$run3 = "ShellExecute" nocase
	condition:
		any of ($fetch*) and any of ($write*) and any of ($run*)
}

rule script_hidden_powershell : reject
{
	meta:
		description = "A script starts PowerShell unseen with an encoded command."
		created = "2026-11-22"
	strings:
		$powershell = "powershell" nocase
		$encoded = /-e(nc|ncodedcommand|c)?\s{1,8}[A-Za-z0-9+\/=]{40}/ nocase
		$hidden = /-w(indowstyle)?\s{1,8}(hidden|1)\b/ nocase
	condition:
		all of them
}
