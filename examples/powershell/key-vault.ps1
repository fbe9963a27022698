<#
.SYNOPSIS
    Key Vault step by step: a token by the app's secret, the list, a secret, a certificate, and a sign-in with it.
.DESCRIPTION
    Shows after each token what stands in it: aud, and roles or scp. The certificate never touches the disk.

    The app needs the permissions Get and List for the vault's secrets. With -VaultKey the last step is done once more
    with a key that stays in the vault, for which it needs Get for certificates and Sign for keys.
.EXAMPLE
    ./key-vault.ps1 -TenantId contoso.com -ClientId $app -ClientSecret (Read-Host -AsSecureString) -Vault https://contoso.vault.azure.net -SecretName app-secret -CertificateName exrun-app

    Goes through the steps.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)] [string] $TenantId,
    [Parameter(Mandatory = $true)] [string] $ClientId,
    [Parameter(Mandatory = $true)] [securestring] $ClientSecret,
    [Parameter(Mandatory = $true)] [string] $Vault,
    [Parameter(Mandatory = $true)] [string] $SecretName,
    [Parameter(Mandatory = $true)] [string] $CertificateName,
    [Parameter()] [string] $VaultKey
)

$ErrorActionPreference = 'Stop'
Import-Module ExRun

# What a token says, as the steps below show it. A token of an app for a vault has neither roles nor scp: Key Vault
# decides by its own access policies or roles.
function Show-Token {
    param([string] $Step, $Token)
    if (-not $Token.access_token) { throw $Token.error_description }
    $claims = (ConvertFrom-ExRunToken $Token.access_token).claims
    $named = @{}
    foreach ($claim in 'aud', 'appid', 'roles', 'scp') {
        $named[$claim] = if ($claims.PSObject.Properties[$claim]) { @($claims.$claim) -join ' ' } else { '(none)' }
    }
    '{0}: aud={1} appid={2} roles={3} scp={4}' -f $Step, $named['aud'], $named['appid'], $named['roles'], $named['scp']
}

# 1. A token by the app's secret.
Connect-ExRun -TenantId $TenantId -ClientId $ClientId -ClientSecret $ClientSecret
Show-Token 'token by secret' (Get-AppOnlyToken -Connection Default -ResourceURL https://vault.azure.net)

# 2. What the vault holds, over all pages. The library answers the vault's challenge itself.
$list = @(Get-RESTAzKeyVaultSecret -AZKeyVaultBaseUri $Vault -Connection Default -ListSecrets)
'secrets: {0}' -f $list.Count

# 3. A secret.
$secret = Get-RESTAzKeyVaultSecret -AZKeyVaultBaseUri $Vault -Connection Default -SecretName $SecretName
'secret: {0}, {1} characters' -f $secret.id, $secret.value.Length

# 4. The certificate that is kept as a secret.
$certificate = Get-RESTAzKeyVaultSecret -AZKeyVaultBaseUri $Vault -Connection Default -SecretName $CertificateName |
    ConvertFrom-AzKeVaultString
'certificate: {0} {1} private key: {2}' -f $certificate.Subject, $certificate.Thumbprint, $certificate.HasPrivateKey

# 5. That certificate signs in.
Show-Token 'token by certificate' (Get-AppOnlyToken -Certificate $certificate -TenantId $TenantId -ClientId $ClientId)

# 6. No certificate at all on this machine: its key signs in the vault.
if ($VaultKey) {
    Connect-ExRun -Name vault -TenantId $TenantId -ClientId $ClientId -ClientSecret $ClientSecret -VaultKey $VaultKey
    Show-Token 'token by a key in the vault' (Get-AppOnlyToken -Connection vault)
    Disconnect-ExRun -Name vault
}
Disconnect-ExRun
