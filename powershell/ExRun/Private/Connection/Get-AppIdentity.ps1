function Get-AppIdentity {
    <#
    .SYNOPSIS
        Who the app is: what a call gave, and for the rest what Get-AppSettings returns.
    .DESCRIPTION
        Get-AppSettings is looked up from the caller's scope, so that a script's own function wins. Each of its
        members may be missing, null or empty.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        [string] $TenantId,
        [string] $ClientId,
        [string] $RedirectUrl,
        [string] $ResourceUrl,
        [int] $ValidateForMinutes
    )

    $settings = Read-AppSettings -Cmdlet $Cmdlet
    if (-not $TenantId) { $TenantId = $settings.TenantId }
    if (-not $ClientId) { $ClientId = $settings.ClientId }
    if (-not $RedirectUrl) { $RedirectUrl = $settings.redirectUrl }
    if (-not $ResourceUrl) { $ResourceUrl = $settings.ResourceURL }
    if ($ValidateForMinutes -eq 0) { $ValidateForMinutes = $settings.ValidateForMinutes }

    $missing = @(if (-not $TenantId) { 'TenantId' }; if (-not $ClientId) { 'ClientId' }) -join ' and '
    if ($missing) {
        # The ways that this command has.
        $parameters = $Cmdlet.MyInvocation.MyCommand.Parameters
        $own = @('TenantId', 'ClientId' | Microsoft.PowerShell.Core\Where-Object { $parameters.ContainsKey($_) -and $missing -match $_ } | Microsoft.PowerShell.Core\ForEach-Object { "-$_" }) -join ' and '
        $give = $(if ($own) { 'give {0}, or define' -f $own } else { 'define' })
        Stop-Attempt (New-ExRunException -Name 'CredentialMissing' -Message (
            'no {0} for the app: {1} a function Get-AppSettings that returns an object with TenantId and ClientId, or connect once with Connect-ExRun instead' -f $missing, $give))
    }
    return [pscustomobject] @{
        TenantId           = $TenantId
        ClientId           = $ClientId
        RedirectUrl        = $RedirectUrl
        ResourceUrl        = $ResourceUrl
        ValidateForMinutes = $ValidateForMinutes
        X5t                = $settings.x5t
    }
}
