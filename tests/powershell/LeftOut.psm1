# Tests by their names, for data files of those that are left out.

# The lines at which a test, or a Describe, of that name begins in a file.
function Find-Test {
    param([string] $File, [string] $Name)
    $plain = [regex]::Escape($Name.Replace("'", "''"))
    $expanded = [regex]::Escape($Name)
    Select-String -LiteralPath $File -Pattern "^\s*(It|Describe|Context) ('$plain'|`"$expanded`")" | ForEach-Object LineNumber
}

Export-ModuleMember -Function Find-Test
