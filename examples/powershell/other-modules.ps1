<#
.SYNOPSIS
    Hands tokens of one certificate to other modules.
.DESCRIPTION
    Microsoft.Graph.Authentication takes its token as a SecureString, ExchangeOnlineManagement as a string and for Exchange
    Online itself. Neither renews it: for work that takes longer than the token's hour, connect them anew.
.EXAMPLE
    ./other-modules.ps1 -TenantId contoso.onmicrosoft.com -ClientId $app -CertificatePath ./app.pfx

    Connects both modules where they are installed.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)] [string] $TenantId,
    [Parameter(Mandatory = $true)] [string] $ClientId,
    [Parameter(Mandatory = $true)] [string] $CertificatePath
)

$ErrorActionPreference = 'Stop'
Import-Module ExRun
$app = @{ CertFileName = $CertificatePath; TenantId = $TenantId; ClientId = $ClientId }

# access_token is a SecureString.
$graph = Get-EXRAppOnlyToken @app
if ($null -eq $graph.access_token) { throw $graph.error_description }
Connect-MgGraph -AccessToken $graph.access_token -NoWelcome

# A string, and for Exchange Online: the app needs Exchange.ManageAsApp and a role such as Exchange Administrator.
$exchange = Get-AppOnlyToken @app -ResourceURL https://outlook.office365.com
if ($null -eq $exchange.access_token) { throw $exchange.error_description }
Connect-ExchangeOnline -AccessToken $exchange.access_token -Organization $TenantId -ShowBanner:$false
