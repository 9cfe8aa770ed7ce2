$a = New-Object X
Write-Host $a
