function Resolve-VaultUri {
    <#
    .SYNOPSIS
        The URL of a vault: as it was given, or of a bare name in the session's cloud.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $Vault,
        [AllowNull()] [AllowEmptyString()] [string] $Cloud
    )

    $given = Get-PastedText -Text $Vault
    if ($given -match '[.:/]') { return $given }
    $suffix = switch ($Cloud) {
        'usGov' { 'vault.usgovcloudapi.net' }
        'usGovDod' { 'vault.usgovcloudapi.net' }
        'china' { 'vault.azure.cn' }
        default { 'vault.azure.net' }
    }
    return 'https://{0}.{1}' -f $given, $suffix
}
