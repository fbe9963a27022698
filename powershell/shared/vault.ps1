<#
.PARAMETER Vault
    The vault: its name or its URL.
.PARAMETER Version
    A version; the latest by default.
.PARAMETER AccessToken
    An access token for https://vault.azure.net, in place of a connection.
.PARAMETER ApiVersion
    The version of Key Vault's API; by default the connection's, else 7.4.
#>
param(
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = $true)] [Alias('VaultName', 'VaultUri')] [string] $Vault,
    [Parameter(ParameterSetName = 'Value', ValueFromPipelineByPropertyName = $true)] [string] $Version,
    [Parameter()] [psobject] $AccessToken,
    [Parameter()] [string] $ApiVersion
)
