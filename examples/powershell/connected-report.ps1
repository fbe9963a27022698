<#
.SYNOPSIS
    The mailbox settings report of a list of mailboxes, written as it comes.
.DESCRIPTION
    Connects once; the rows go from the list to the report without being held. What could not be read is listed at
    the end, with the service's request id.
.EXAMPLE
    ./connected-report.ps1 -TenantId contoso.com -ClientId $app -CertificatePath ./app.pfx -MailboxFile mailboxes.csv -ReportFile report.csv

    mailboxes.csv has a column MailboxName, PrimarySmtpAddress or UserPrincipalName.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)] [string] $TenantId,
    [Parameter(Mandatory = $true)] [string] $ClientId,
    [Parameter(Mandatory = $true)] [string] $CertificatePath,
    [Parameter(Mandatory = $true)] [string] $MailboxFile,
    [Parameter(Mandatory = $true)] [string] $ReportFile
)

$ErrorActionPreference = 'Stop'
Import-Module ExRun
Connect-ExRun -TenantId $TenantId -ClientId $ClientId -CertificatePath $CertificatePath

Import-Csv $MailboxFile -Encoding utf8 |
    Get-MailboxSettingsReport -ErrorAction SilentlyContinue -ErrorVariable failed |
    Export-Csv -NoTypeInformation -Encoding utf8 -Path $ReportFile

$failed | ForEach-Object {
    [pscustomobject] @{
        Mailbox   = $_.TargetObject
        Error     = $_.Exception.Data['serviceCode']
        RequestId = $_.Exception.Data['requestId']
    }
}
Disconnect-ExRun
