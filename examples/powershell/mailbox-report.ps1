<#
.SYNOPSIS
    The mailbox settings report as scripts for the Office 365 REST API have written it since 2017.
.DESCRIPTION
    The script names its app by its own Get-AppSettings, tests the token, and writes the report of the mailboxes that
    are passed in. Asks for the certificate file's password where it has one.
.EXAMPLE
    ./mailbox-report.ps1 -TenantId $tenant -ClientId $app -CertFileName c:\temp\certfile.pfx -Mailbox kim@contoso.com -ReportFileName c:\temp\mbreport.csv
#>
param(
    [Parameter(Mandatory = $true)] [string] $TenantId,
    [Parameter(Mandatory = $true)] [string] $ClientId,
    [Parameter(Mandatory = $true)] [string] $CertFileName,
    [Parameter(Mandatory = $true)] [string[]] $Mailbox,
    [Parameter(Mandatory = $true)] [string] $ReportFileName
)

Import-Module ExRun

function Get-AppSettings() {
    $configObj = "" | select ResourceURL, ClientId, redirectUrl, ClientSecret, x5t, TenantId, ValidateForMinutes
    $configObj.ResourceURL = ""
    $configObj.ClientId = $ClientId
    $configObj.TenantId = $TenantId
    $configObj.ClientSecret = ""
    $configObj.ValidateForMinutes = 60
    return $configObj
}

# Either a token or an error.
$Token = Get-AppOnlyToken -CertFileName $CertFileName
if (-not $Token.access_token) {
    $Token
    exit 1
}

$Mailboxes = @()
foreach ($MailboxName in $Mailbox) { $Mailboxes += $MailboxName }

$report = Get-MailboxSettingsReport -Mailboxes $Mailboxes -CertFileName $CertFileName
$report | Export-Csv -NoTypeInformation -Encoding utf8 -Path $ReportFileName
