function New-VaultCredential {
    <#
    .SYNOPSIS
        The credential of an app whose certificate or key is in a vault, as the library's options name it.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        # What proves to the vault who asks.
        [Parameter(Mandatory = $true)] [hashtable] $Credential,
        # The bound parameters of Connect-ExRun.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    if ($Bound['VaultKey'] -and $Bound['VaultCertificate']) {
        throw (New-ExRunException -Name 'InvalidArgument' -Target $Bound['VaultKey'] -Message (
            'give either -VaultCertificate, to fetch the certificate with its key, or -VaultKey, to sign in the vault'))
    }
    $inVault = @{ vaultCredential = $Credential }
    if ($Bound['VaultKey']) { $inVault['vaultKey'] = $Bound['VaultKey'] } else { $inVault['vaultCertificate'] = $Bound['VaultCertificate'] }
    if ($Bound['VaultTenantId']) { $inVault['vaultTenantId'] = $Bound['VaultTenantId'] }
    # Of a managed identity it is which one, and not an application.
    if ($Bound['VaultClientId'] -and -not $Credential.ContainsKey('managedIdentity')) { $inVault['vaultClientId'] = $Bound['VaultClientId'] }
    return $inVault
}
