function Test-PhotoColumn {
    <#
    .SYNOPSIS
        Whether one of the objects of a list says where the photo of its contact is.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [AllowNull()] [AllowEmptyCollection()] [object[]] $Row
    )

    foreach ($one in $Row) {
        $names = if ($one -is [System.Collections.IDictionary]) { $one.Keys } else { $one.PSObject.Properties.Name }
        foreach ($name in $names) { if (($name -replace '[\W_]') -eq 'Photo') { return $true } }
    }
    return $false
}
