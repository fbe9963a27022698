function Format-Actor {
    <#
    .SYNOPSIS
        As whom a session acts, for a person to read: the app or the person, and the tenant.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [psobject] $Session)

    $who = if ($Session.Account) { [string] $Session.Account } elseif ($Session.ClientId) { 'the app {0}' -f $Session.ClientId } else { 'the app of the token' }
    return '{0} in the tenant {1}' -f $who, (Format-Tenant -Session $Session)
}
