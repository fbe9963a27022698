function Get-MailboxSettingsReport {
    <#
    .SYNOPSIS
        Reports language, locale, time zone and automatic replies of many mailboxes.
    .DESCRIPTION
        Reads the mailboxes side by side and emits a row for each, in the order of the input, as soon as it is its
        turn. A mailbox that cannot be read keeps its row with empty fields, and an error is written beside it. The
        report goes on for the others, even where $ErrorActionPreference is Stop; -ErrorAction Stop on the call ends
        it at the first one. A token that is refused ends it before the first row.

        The app is the one that Get-AppSettings names.
    .PARAMETER Mailboxes
        The mailboxes: addresses, user principal names or ids, or objects that have one as MailboxName,
        PrimarySmtpAddress, UserPrincipalName, Mail, EmailAddress or Id, such as those of Get-Mailbox, Get-EXOMailbox,
        Get-MgUser or Import-Csv.
    .PARAMETER CertFileName
        The PFX file, or a PEM file with certificate and key. Without it, and without Certificate or AccessToken, a
        connection made by Connect-ExRun is used.
    .PARAMETER password
        The password of the certificate file; asked for once where the file needs one and none is given.
    .PARAMETER Certificate
        A certificate with its private key, from a store for example. The key signs where it is and is never exported.
    .PARAMETER AccessToken
        A token as a string or SecureString, or a token object. It cannot be renewed when it expires.
    .PARAMETER Connection
        The name of the connection to use.
    .PARAMETER MaxConcurrency
        How many requests may be under way at once.
    .PARAMETER IncludeError
        Adds ErrorCode, ErrorMessage and RequestId to each row.
    .EXAMPLE
        $report = Get-MailboxSettingsReport -Mailboxes $Mailboxes -CertFileName C:\temp\certfile.pfx
        $report | Export-Csv -NoTypeInformation -Path C:\temp\mbreport.csv

        Reports the mailboxes of a list into a file.
    .EXAMPLE
        Get-EXOMailbox -ResultSize Unlimited | Get-MailboxSettingsReport | Export-Csv -NoTypeInformation -Path report.csv

        Reports every mailbox, after Connect-ExRun, while they are still being listed.
    .OUTPUTS
        Objects with MailboxName, Language, Locale, TimeZone and AutomaticReplyStatus (Disabled, AlwaysEnabled or
        Scheduled).
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, Mandatory = $true, ValueFromPipeline = $true)]
        [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()]
        [psobject] $Mailboxes,
        [Parameter(Position = 1)] [string] $CertFileName,
        [Parameter()] [securestring] $password,
        [Parameter()] [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,
        [Parameter()] [psobject] $AccessToken,
        [Parameter()] [string] $Connection,
        [Parameter()] [ValidateRange(1, 1024)] [int] $MaxConcurrency,
        [Parameter()] [switch] $IncludeError
    )

    begin {
        Clear-AbandonedReport
        if (-not $PSBoundParameters.ContainsKey('ErrorAction')) {
            $ErrorActionPreference = Get-ReportErrorAction -Cmdlet $PSCmdlet
        }
        $report = Open-Report -Cmdlet $PSCmdlet -Bound $PSBoundParameters
    }

    # No try block stands around what emits rows: errors in the commands behind this one would become terminating.
    # What is cut short there is freed before the next command of the module.
    process {
        # Handed over in portions, since a call for each object would cost more than all else.
        $report.Waiting.Add($Mailboxes)
        if ($report.Waiting.Count -ge 256 -or $report.Clock.ElapsedMilliseconds -ge $report.NextPush) {
            Add-ReportInput -Report $report
        }
    }

    end { Complete-Report -Report $report }
}
