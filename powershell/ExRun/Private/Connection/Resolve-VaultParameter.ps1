# The members of -Vault of Connect-ExRun, with the parameters that say the same.
$script:VaultParameters = @{
    Certificate = 'VaultCertificate'
    Key         = 'VaultKey'
    Password    = 'VaultCertificatePassword'
    AccessToken = 'VaultAccessToken'
    TenantId    = 'VaultTenantId'
    ClientId    = 'VaultClientId'
}

function Resolve-VaultParameter {
    <#
    .SYNOPSIS
        The bound parameters of Connect-ExRun with the members of -Vault as the parameters that say the same; throws
        where something in it is unknown, blank, or said twice.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param([Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound)

    $refused = { param($Message) New-ExRunException -Name 'InvalidArgument' -Target 'Vault' -Message $Message }
    $resolved = @{}
    foreach ($name in $Bound.Keys) { $resolved[$name] = $Bound[$name] }
    if (-not $Bound.ContainsKey('Vault')) { return $resolved }
    $vault = $Bound['Vault']
    if ($null -eq $vault) { Stop-Attempt (& $refused '-Vault is given, and is null or blank: an empty variable most likely; leave it out where none is meant') }
    foreach ($entry in $vault.GetEnumerator()) {
        $name = $script:VaultParameters[[string] $entry.Key]
        $value = $entry.Value
        if (-not $name) {
            Stop-Attempt (& $refused ('-Vault has a member {0}, which is not known; there are Certificate or Key, Password, AccessToken, TenantId and ClientId' -f $entry.Key))
        }
        if (Test-BlankValue -Value $value) { Stop-Attempt (& $refused ('{0} of -Vault is null or blank: an empty variable most likely' -f $entry.Key)) }
        if ($resolved.ContainsKey($name)) { Stop-Attempt (& $refused ('{0} of -Vault and -{1} say the same: give one of them' -f $entry.Key, $name)) }
        if ($name -eq 'VaultCertificatePassword' -and $value -isnot [securestring]) { Stop-Attempt (& $refused 'Password of -Vault is a SecureString') }
        if ($name -notin 'VaultCertificatePassword', 'VaultAccessToken') { $value = [string] $value }
        $resolved[$name] = $value
    }
    if (-not ($resolved['VaultKey'] -or $resolved['VaultCertificate'])) {
        Stop-Attempt (& $refused '-Vault says neither which certificate nor which key: give Certificate or Key, with its URL')
    }
    return $resolved
}
