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
        # Whether the machine is who asks.
        [switch] $ByMachine
    )

    $refused = { param($Name, $Message) New-ExRunException -Name 'InvalidArgument' -Target $Name -Message $Message }
    if (-not ($Bound['VaultKey'] -or $Bound['VaultCertificate'])) {
        foreach ($name in 'VaultTenantId', 'VaultClientId', 'VaultCertificatePassword') {
            if ($Bound[$name]) { throw (& $refused $name "-$name says how a vault is asked for the app's certificate: give -VaultCertificate or -VaultKey, too") }
        }
        return $null
    }
    if ($Bound['VaultKey'] -and $Bound['VaultCertificate']) {
        throw (& $refused $Bound['VaultKey'] 'give either -VaultCertificate, to fetch the certificate with its key, or -VaultKey, to sign in the vault')
    }
    if ($Bound['VaultKey'] -and $Bound['VaultCertificatePassword']) {
        throw (& $refused 'VaultCertificatePassword' '-VaultCertificatePassword is for a PFX that -VaultCertificate fetches; with -VaultKey nothing is fetched')
    }
    $inVault = @{}
    if ($Bound['VaultKey']) { $inVault['vaultKey'] = $Bound['VaultKey'] } else { $inVault['vaultCertificate'] = $Bound['VaultCertificate'] }
    if ($Bound['VaultTenantId']) { $inVault['vaultTenantId'] = $Bound['VaultTenantId'] }
    # Of a managed identity it is which one, and not an application.
    if ($Bound['VaultClientId'] -and -not $ByMachine) { $inVault['vaultClientId'] = $Bound['VaultClientId'] }
    return $inVault
}
