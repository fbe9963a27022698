function ConvertTo-RequestHeader {
    <#
    .SYNOPSIS
        The headers of a request as the library takes them: texts by their names.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param([Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Header)

    $made = @{}
    foreach ($entry in $Header.GetEnumerator()) { $made[[string] $entry.Key] = @($entry.Value) -join ', ' }
    return $made
}
