Dim a
Set a = CreateObject("x")
End Sub
