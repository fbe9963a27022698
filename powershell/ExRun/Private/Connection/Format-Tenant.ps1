function Format-Tenant {
    <#
    .SYNOPSIS
        The tenant of a session, for a person to read: its id, with the domain that it was named by.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [psobject] $Session)

    $id = [string] $Session.TokenTenantId
    $given = [string] $Session.TenantId
    if ($given -and $id -and $given -ne $id) { return '{0} ({1})' -f $given, $id }
    if ($id) { return $id }
    if ($given) { return $given }
    return 'that its token does not tell'
}
