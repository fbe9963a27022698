function Test-BlankValue {
    <#
    .SYNOPSIS
        Whether a value that was given for a parameter is none: null, blank text, an empty SecureString, a list of nothing.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([AllowNull()] [object] $Value)

    if ($Value -is [psobject]) { $Value = $Value.PSObject.BaseObject }
    if ($null -eq $Value) { return $true }
    if ($Value -is [string]) { return -not $Value.Trim() }
    if ($Value -is [securestring]) { return $Value.Length -eq 0 }
    if ($Value -is [System.Collections.IList]) {
        foreach ($item in $Value) { if (-not (Test-BlankValue -Value $item)) { return $false } }
        return $true
    }
    return $false
}
