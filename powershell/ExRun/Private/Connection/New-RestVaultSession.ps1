function New-RestVaultSession {
    <#
    .SYNOPSIS
        The session that Get-RESTAzKeyVaultSecret works with: of an app with a secret or certificate, of a person with a
        browser, or of a connection.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    $cloud = Resolve-VaultCloud -Vault $Bound['AZKeyVaultBaseUri'].OriginalString
    if ($Bound['CertFileName'] -or $null -ne $Bound['Certificate']) {
        return New-CertificateSession -Cmdlet $Cmdlet -TenantId $Bound['TenantID'] -ClientId $Bound['ClientID'] `
            -CertificatePath $Bound['CertFileName'] -Password $Bound['password'] -Certificate $Bound['Certificate'] -Cloud $cloud
    }
    if ($Bound['ClientSecret']) {
        # What PowerShell makes of one that is bound to text.
        if ($Bound['ClientSecret'] -eq 'System.Security.SecureString') {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message (
                '-ClientSecret is text here, as scripts give it, and not a SecureString; Connect-ExRun -ClientSecret takes one, and -Connection then names the connection'))
        }
        [long] $secret = New-NativeSecret -Secret ([System.Text.Encoding]::UTF8.GetBytes($Bound['ClientSecret']))
        try {
            return New-Session -Options @{ tenantId = $Bound['TenantID']; clientId = $Bound['ClientID']; cloud = $cloud; credential = @{ clientSecret = $secret } }
        } finally {
            [void] (Get-Native)::exrun_secret_free($secret)
        }
    }
    if (-not $Bound['RedirectUri']) {
        # Who names the app's tenant does not mean the app of a connection.
        $session = if (-not $Bound['TenantID']) { Get-Connection -Cmdlet $Cmdlet -Name $Bound['Connection'] }
        if ($null -ne $session) { return $session }
        Stop-Attempt (New-ExRunException -Name 'CredentialMissing' -Message (
            'nothing was given to prove who asks the vault: give -ClientSecret and -TenantID, -CertFileName and -TenantID, or -RedirectUri to sign in with a browser, or connect once with Connect-ExRun'))
    }

    $browser = @{}
    $redirect = [string] $Bound['RedirectUri']
    $uri = $null
    if ([uri]::TryCreate($redirect, [System.UriKind]::Absolute, [ref] $uri) -and $uri.Scheme -eq 'http' -and $uri.IsLoopback) {
        if (-not $uri.IsDefaultPort) { $browser['port'] = $uri.Port }
    } elseif ($redirect) {
        Write-Told -Warning ('the browser cannot come back to {0} here: http://localhost is used, which must be a redirect URI of the app (platform "Mobile and desktop applications")' -f $redirect)
    }
    return New-Session -Options @{ tenantId = $Bound['TenantID']; clientId = $Bound['ClientID']; cloud = $cloud; credential = @{ browser = $browser } }
}
