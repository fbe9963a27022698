function Request-PlainToken {
    <#
    .SYNOPSIS
        Asks the v2 token endpoint of an authority for a new token, with a secret or a certificate, and returns what it
        answered.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Authority,
        [Parameter(Mandatory = $true)] [string] $ClientId,
        # A string or a SecureString.
        [AllowNull()] [object] $ClientSecret,
        [AllowNull()] [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,
        [string] $Scope
    )

    $place = Resolve-Authority -Authority $Authority
    $cloud = $place.Cloud
    if (-not $cloud) { $cloud = @{ loginHost = $place.LoginHost; graphHost = 'graph.microsoft.com'; vaultSuffix = 'vault.azure.net' } }
    $options = @{ tenantId = $place.Tenant; clientId = $ClientId; cloud = $cloud; maxTries = 4 }
    if ($ClientSecret -is [psobject]) { $ClientSecret = $ClientSecret.PSObject.BaseObject }
    [long] $secret = 0
    $session = $null
    try {
        if ($null -ne $Certificate) {
            if (-not $Certificate.HasPrivateKey) {
                Stop-Attempt (New-ExRunException -Name 'CertificateNoKey' -Target $Certificate.Thumbprint -Message (
                    'the certificate {0} has no private key that this process can use' -f $Certificate.Thumbprint))
            }
            $options['credential'] = @{ callerCertificate = [System.Convert]::ToBase64String($Certificate.RawData) }
        } elseif ($null -ne $ClientSecret -and ($ClientSecret -is [securestring] -or [string] $ClientSecret)) {
            $value = $ClientSecret
            if ($value -isnot [securestring]) { $value = [System.Text.Encoding]::UTF8.GetBytes([string] $value) }
            $secret = New-NativeSecret -Secret $value
            $options['credential'] = @{ clientSecret = $secret }
        } else {
            Stop-Attempt (New-ExRunException -Name 'CredentialMissing' -Message 'give -ClientSecret or -Certificate')
        }
        $session = New-Session -Options $options -Certificate $Certificate
        $request = @{ forceRefresh = $true; plainToken = $true }
        if ($Scope) { $request['resource'] = $Scope }
        $reply = Invoke-NativeOperation -Function 'exrun_token_acquire' -Request $request -Session $session
    } finally {
        if ($secret -ne 0) { [void] (Get-Native)::exrun_secret_free($secret) }
        Close-Session -Session $session
    }
    # What the library adds to the endpoint's answer is not part of it.
    $token = [ordered] @{}
    foreach ($member in $reply.PSObject.Properties) {
        if ($member.Name -notin 'expires_on', 'resource', 'fromCache') { $token[$member.Name] = $member.Value }
    }
    return [pscustomobject] $token
}
