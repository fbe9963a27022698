function Get-ColumnName {
    <#
    .SYNOPSIS
        The names of the members that an input object has: properties, or keys of a dictionary.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [object] $InputObject)

    $dictionary = $InputObject -as [System.Collections.IDictionary]
    if ($null -ne $dictionary) { return @($dictionary.Keys | Microsoft.PowerShell.Core\ForEach-Object { [string] $_ }) }
    return @($InputObject.PSObject.Properties | Microsoft.PowerShell.Core\ForEach-Object { $_.Name })
}
