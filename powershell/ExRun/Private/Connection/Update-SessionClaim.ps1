function Update-SessionClaim {
    <#
    .SYNOPSIS
        Notes with a session what its token says: tenant, app, account, permissions and end. Frees the token's handle.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Session,
        # What exrun_token_acquire gave.
        [Parameter(Mandatory = $true)] [psobject] $Reply
    )

    try {
        # A token that only its service can read says nothing of itself.
        $claims = (Invoke-Attempt { (Read-SecretToken -Secret $Reply.accessTokenSecret).claims }).Value
    } finally {
        [void] (Get-Native)::exrun_secret_free([long] $Reply.accessTokenSecret)
    }
    $value = { param([string[]] $Name) Get-MemberValue -InputObject $claims -Name $Name }
    $Session.ExpiresOn = ConvertFrom-EpochSecond -Second $Reply.expires_on
    if ($null -eq $claims) { return }

    $Session.TokenTenantId = & $value 'tid'
    if (-not $Session.TenantId) { $Session.TenantId = & $value 'tid' }
    if (-not $Session.ClientId) { $Session.ClientId = & $value 'appid', 'azp' }
    $Session.AppName = & $value 'app_displayname'
    $Session.Account = & $value 'upn', 'preferred_username', 'unique_name'
    $Session.Roles = [string[]] @(foreach ($role in (& $value 'roles')) { if ($role) { $role } })
    $Session.Scopes = [string[]] @(([string] (& $value 'scp')) -split ' ' | Microsoft.PowerShell.Core\Where-Object { $_ })
}
