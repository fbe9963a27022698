function New-IdentityReference {
    <#
    .SYNOPSIS
        Which managed identity, as the library's options name it; an empty object for the machine's own.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param([Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound)

    $identity = @{}
    if ($Bound['ClientId']) { $identity['clientId'] = $Bound['ClientId'] }
    if ($Bound['ObjectId']) { $identity['objectId'] = $Bound['ObjectId'] }
    if ($Bound['ResourceId']) { $identity['resourceId'] = $Bound['ResourceId'] }
    return $identity
}
