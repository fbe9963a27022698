<#
.SYNOPSIS
    The mailbox settings report of the whole tenant, for a scheduler.
.DESCRIPTION
    Asks nobody anything, and says by its exit code how it went: 0 every mailbox was read, 2 some could not be (they are in
    failed-<day>.csv), 1 the run failed and there is no report. Started again for the same day after it was broken off, it
    goes on where it was.

    The app needs MailboxSettings.Read and User.Read.All.
.PARAMETER TenantId
    The tenant: its id or one of its domains.
.PARAMETER ClientId
    The application's id.
.PARAMETER CertificatePath
    A certificate of a store, such as Cert:\LocalMachine\My\0123456789ABCDEF0123456789ABCDEF01234567, or a PFX file without
    a password that this account alone can read.
.PARAMETER Folder
    Where the files are written.
.PARAMETER Day
    What the files are named after; today by default. A run that is broken off before midnight is resumed by naming its day.
.EXAMPLE
    pwsh -NoProfile -NonInteractive -File nightly-report.ps1 -TenantId contoso.com -ClientId 084adbb3-f70c-498f-97a3-464e1f444d9a -CertificatePath /etc/exrun/app.pfx -Folder /var/reports

    Writes report-2026-11-26.csv, and failed-2026-11-26.csv with those that could not be read.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)] [string] $TenantId,
    [Parameter(Mandatory = $true)] [string] $ClientId,
    [Parameter(Mandatory = $true)] [string] $CertificatePath,
    [Parameter(Mandatory = $true)] [string] $Folder,
    [ValidatePattern('^\d{4}-\d\d-\d\d$')] [string] $Day = (Get-Date -Format 'yyyy-MM-dd')
)

# Without this a script goes on after a sign-in that was refused, and ends with 0. Mailboxes that fail do not stop the report.
$ErrorActionPreference = 'Stop'
Import-Module ExRun
Connect-ExRun -TenantId $TenantId -ClientId $ClientId -CertificatePath $CertificatePath

# One journal a night: a journal gives the rows that it has, and asks for no mailbox twice.
$journal = Join-Path $Folder "report-$Day.db"
Get-MailboxSettingsReport -All -Journal $journal -OutFile (Join-Path $Folder "report-$Day.csv") `
    -FailedFile (Join-Path $Folder "failed-$Day.csv") -ErrorAction SilentlyContinue

$run = Get-ExRunLastRun
'{0} mailboxes, {1} of them failed, {2} throttled answers, {3:c}' -f $run.Completed, $run.Failed, $run.Throttled, $run.Duration
Remove-Item -LiteralPath $journal
Disconnect-ExRun
if ($run.Failed -gt 0) { exit 2 }
