/* For Office documents and RTF, as they are. */
rule office_equation_object
{
	meta:
		description = "An object of the old equation editor, which is attacked rather than used."
		created = "2026-11-22"
	strings:
		$ole = { D0 CF 11 E0 A1 B1 1A E1 }
		$name = "Equation.3" wide ascii
		$class = { 02 CE 02 00 00 00 00 00 C0 00 00 00 00 00 00 46 }
	condition:
		$ole at 0 and $name and $class
}

rule rtf_equation_object
{
	meta:
		description = "An object of the old equation editor in an RTF document."
		created = "2026-11-22"
	strings:
		$head = "{\\rt"
		$data = "\\objdata"
		$class = "4571756174696f6e2e33" nocase /* Equation.3 */
	condition:
		$head at 0 and $data and $class
}
