function New-VaultCredential {
    <#
    .SYNOPSIS
        The credential of an app whose certificate or key is in a vault, as the library's options name it; null where
        it is not in a vault. The caller adds vaultCredential, which proves to the vault who asks.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        # The bound parameters of Connect-ExRun.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # The way of signing in: a parameter set of Connect-ExRun, or Vault where none is said.
        [Parameter(Mandatory = $true)] [string] $Method
    )

    $refused = { param($Name, $Message) New-ExRunException -Name 'InvalidArgument' -Target $Name -Message $Message }
    if (-not ($Bound['VaultKey'] -or $Bound['VaultCertificate'])) {
        foreach ($name in 'VaultTenantId', 'VaultClientId', 'VaultCertificatePassword', 'VaultAccessToken') {
            if ($Bound[$name]) { Stop-Attempt (& $refused $name "-$name says how a vault is asked for the app's certificate: give -VaultCertificate or -VaultKey, too") }
        }
        if ($Method -eq 'Vault') {
            Stop-Attempt (New-ExRunException -Name 'CredentialMissing' -Message (
                'nothing was given to prove who the app is: give -CertificatePath, -CertificateThumbprint or -ClientSecret, or a vault; Get-Help Connect-ExRun has every way'))
        }
        return $null
    }
    if ($Method -eq 'Vault' -and $null -ne $Bound['Password']) {
        Stop-Attempt (& $refused 'Password' '-Password is that of -CertificatePath, which is not given; that of a PFX in a vault is Password of -Vault')
    }
    if ($Method -eq 'AccessToken') { Stop-Attempt (& $refused 'AccessToken' '-AccessToken signs in by itself: leave out the vault, or prove to the vault who asks with -VaultAccessToken') }
    if ($Method -ne 'Vault' -and $null -ne $Bound['VaultAccessToken']) {
        Stop-Attempt (& $refused 'VaultAccessToken' 'give either -VaultAccessToken or another way to prove to the vault who asks')
    }
    if ($Bound['VaultKey'] -and $Bound['VaultCertificate']) {
        Stop-Attempt (& $refused $Bound['VaultKey'] 'give either -VaultCertificate, to fetch the certificate with its key, or -VaultKey, to sign in the vault')
    }
    if ($Bound['VaultKey'] -and $Bound['VaultCertificatePassword']) {
        Stop-Attempt (& $refused 'VaultCertificatePassword' '-VaultCertificatePassword is for a PFX that -VaultCertificate fetches; with -VaultKey nothing is fetched')
    }
    $inVault = @{}
    if ($Bound['VaultKey']) { $inVault['vaultKey'] = $Bound['VaultKey'] } else { $inVault['vaultCertificate'] = $Bound['VaultCertificate'] }
    if ($Bound['VaultTenantId']) { $inVault['vaultTenantId'] = $Bound['VaultTenantId'] }
    # Of a managed identity it is which one, and not an application.
    $isByMachine = $Method -eq 'ManagedIdentity' -or ($Method -eq 'Vault' -and $null -eq $Bound['VaultAccessToken'])
    if ($Bound['VaultClientId'] -and -not $isByMachine) { $inVault['vaultClientId'] = $Bound['VaultClientId'] }
    return $inVault
}
