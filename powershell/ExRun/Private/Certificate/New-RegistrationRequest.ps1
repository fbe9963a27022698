function New-RegistrationRequest {
    <#
    .SYNOPSIS
        The part of a registration request that says which application, and the new key's name.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [string] $ApplicationId,
        [string] $ObjectId,
        [string] $DisplayName
    )

    $request = @{}
    if ($ObjectId) { $request['applicationObjectId'] = $ObjectId } elseif ($ApplicationId) { $request['applicationId'] = $ApplicationId }
    if ($DisplayName) { $request['displayName'] = $DisplayName }
    return $request
}
