function Get-MailboxSettingsReport {
    <#
    .SYNOPSIS
        Reports language, locale, time zone and automatic replies of many mailboxes.
    .DESCRIPTION
        Reads the mailboxes side by side and emits a row for each, in the order of the input, as soon as it is
        its turn. A mailbox that cannot be read keeps its row with empty fields, and an error is written beside
        it. The report goes on for the others, even where $ErrorActionPreference is Stop; -ErrorAction Stop on
        the call ends it at the first one. A token that is refused ends it before the first row, and so does an
        app without the permission, after 50 refusals.

        The app is the one that Get-AppSettings names.
    .PARAMETER Mailboxes
        The mailboxes: addresses, user principal names or ids, or objects that have one as MailboxName,
        PrimarySmtpAddress, UserPrincipalName, Mail, EmailAddress, Id, PrimaryEmail, WindowsEmailAddress,
        ExternalDirectoryObjectId or Identity (which counts where it is an address or an id), such as those of
        Get-Mailbox, Get-EXOMailbox, Get-MgUser or Import-Csv. Blanks, _, - and case do not count in these names.
    .PARAMETER CertFileName
        The PFX file, or a PEM file with certificate and key. Without it, and without Certificate or
        AccessToken, a connection made by Connect-ExRun is used.
    .PARAMETER password
        The password of the certificate file; asked for once where the file needs one and none is given.
    .PARAMETER All
        Every mailbox of the tenant, as far as the directory tells: users with an Exchange plan, and shared,
        room and equipment mailboxes. They are listed while the run goes on. The app needs User.Read.All for
        that.
    .PARAMETER Filter
        With All: an OData filter on the users, such as "startsWith(displayName,'A')" or "department eq
        'Sales'".
    .PARAMETER Top
        With All: no more than so many mailboxes.
    .PARAMETER Group
        The mailboxes among the members of a group, those of groups in it included: its id, address or display
        name. The app needs GroupMember.Read.All and User.Read.All.
    .PARAMETER IncludeWithoutMailbox
        With All: also users that seem to have no mailbox, guests for example.
    .PARAMETER Certificate
        A certificate with its private key, from a store for example. The key signs where it is and is never exported.
    .PARAMETER TenantId
        With CertFileName or Certificate: the app's tenant, its id or one of its domains. Get-AppSettings says it where
        it is not given.
    .PARAMETER ClientId
        With CertFileName or Certificate: the application's id. Get-AppSettings says it where it is not given.
    .PARAMETER AccessToken
        A token as a string or SecureString, or a token object. It cannot be renewed when it expires.
    .PARAMETER Connection
        The name of the connection to use.
    .PARAMETER ExpectTenant
        The tenant that the token must be of, its id or one of its domains: for any other nothing is sent.
    .PARAMETER Property
        Further settings, each a property after the five: ExternalAudience, AutomaticReplyStart,
        AutomaticReplyStartTimeZone, AutomaticReplyEnd, AutomaticReplyEndTimeZone, InternalReplyMessage,
        ExternalReplyMessage, DateFormat, TimeFormat, WorkingDays, WorkingHoursStart, WorkingHoursEnd,
        WorkingHoursTimeZone, WorkingHoursTimeZoneBias, WorkingHoursDaylightBias,
        DelegateMeetingMessageDeliveryOptions, UserPurpose, ArchiveFolder; or * for all of them. One that is there
        already, or is named twice, is there once.
    .PARAMETER MaxConcurrency
        How many requests may be under way at once, at most. The run finds by itself how many the service bears;
        by default it goes no higher than 64.
    .PARAMETER AsCompleted
        Emits rows as they come, and not in the order of the mailboxes.
    .PARAMETER Shard
        Only a share of the mailboxes, such as 3/8: the third of eight. Which share a mailbox belongs to follows
        from its name alone, so eight machines given the same list do each mailbox once.
    .PARAMETER Journal
        A file that makes the run resumable: what was done is recorded there before it is given out. The same
        command with the same journal goes on where the last one ended, however it ended, and gives the rows of
        the whole run. One that is complete gives its rows again and asks nothing: name a new one for a new run.
    .PARAMETER RetryFailed
        With Journal: asks again for mailboxes whose recorded row is an error.
    .PARAMETER StopAfterErrors
        Ends the run with an error once so many mailboxes have failed.
    .PARAMETER OutFile
        Writes the rows to this file and not to the pipeline: .csv, .jsonl or .html by its ending. The file
        appears when it is complete, and replaces one of that name.
    .PARAMETER FailedFile
        Writes the mailboxes that failed to this file of .csv, each with the cause: Import-Csv reads it, and pipes it
        to this command or another. It appears when the run ends, however it ends, and replaces one of that name.
    .PARAMETER DefuseFormulas
        With OutFile: puts an apostrophe before text that a spreadsheet would take for a formula.
    .PARAMETER Encoding
        With OutFile of .csv: utf8BOM begins the file with a byte order mark, without which Excel shows letters with
        accents wrongly when it opens the file. utf8 and utf8NoBOM are without one, as in PowerShell 7 (in Windows
        PowerShell utf8 has one), and so is the default.
    .PARAMETER LogPath
        Appends what is sent and answered to this file, as lines of JSON without secrets: for a support case.
    .PARAMETER IncludeError
        Adds ErrorCode, ErrorMessage and RequestId to each row.
    .EXAMPLE
        $report = Get-MailboxSettingsReport -Mailboxes $Mailboxes -CertFileName C:\temp\certfile.pfx
        $report | Export-Csv -NoTypeInformation -Path C:\temp\mbreport.csv

        Reports the mailboxes of a list into a file.
    .EXAMPLE
        Get-EXOMailbox -ResultSize Unlimited | Get-MailboxSettingsReport | Export-Csv -NoTypeInformation -Path report.csv

        Reports every mailbox, after Connect-ExRun, while they are still being listed.
    .EXAMPLE
        Get-MailboxSettingsReport -All -Property WorkingHoursStart, WorkingHoursEnd -OutFile report.csv -Journal report.db

        Reports every mailbox of the tenant into a file. Started again after it was interrupted, it goes on
        where it was.
    .EXAMPLE
        Get-MailboxSettingsReport $Mailboxes -CertFileName C:\temp\certfile.pfx -TenantId contoso.com -ClientId $id

        Reports with an app that is named in the call: nothing is connected, and no Get-AppSettings is needed.
    .OUTPUTS
        Objects with MailboxName, Language, Locale, TimeZone and AutomaticReplyStatus (Disabled, AlwaysEnabled
        or Scheduled), then the properties asked for. Nothing with OutFile.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Mailboxes')]
    [OutputType([psobject])]
    param(
        # shared: mailboxes
        [Parameter(Position = 0, Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'Mailboxes')]
        [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [Alias('MailboxName')]
        [psobject] $Mailboxes,
        # end: mailboxes
        # shared: sign-in CertFileName=1 password
        [Parameter(Position = 1)] [string] $CertFileName,
        [Parameter()] [securestring] $password,
        # end: sign-in
        # shared: source
        [Parameter(Mandatory = $true, ParameterSetName = 'All')] [switch] $All,
        [Parameter(ParameterSetName = 'All')] [ValidateNotNullOrEmpty()] [string] $Filter,
        [Parameter(ParameterSetName = 'All')] [ValidateRange(1, [int]::MaxValue)] [int] $Top,
        [Parameter(Mandatory = $true, ParameterSetName = 'Group')] [ValidateNotNullOrEmpty()] [string] $Group,
        [Parameter(ParameterSetName = 'All')] [switch] $IncludeWithoutMailbox,
        # end: source
        # shared: certificate
        [Parameter()] [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,
        # end: certificate
        # shared: sign-in TenantId ClientId AccessToken
        [Parameter()] [string] $TenantId,
        [Parameter()] [string] $ClientId,
        [Parameter()] [psobject] $AccessToken,
        # end: sign-in
        # shared: connection
        [Parameter()] [string] $Connection,
        # end: connection
        # shared: sign-in ExpectTenant
        [Parameter()] [string] $ExpectTenant,
        # end: sign-in
        [Parameter()] [ValidateNotNullOrEmpty()] [string[]] $Property,
        # shared: run
        [Parameter()] [ValidateRange(1, 1024)] [int] $MaxConcurrency,
        [Parameter()] [switch] $AsCompleted,
        [Parameter()] [ValidatePattern('^\d+/\d+$')] [string] $Shard,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $Journal,
        [Parameter()] [switch] $RetryFailed,
        [Parameter()] [ValidateRange(1, [int]::MaxValue)] [int] $StopAfterErrors,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $OutFile,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $FailedFile,
        [Parameter()] [switch] $DefuseFormulas,
        [Parameter()] [ValidateSet('utf8', 'utf8BOM', 'utf8NoBOM')] [string] $Encoding,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $LogPath,
        [Parameter()] [switch] $IncludeError
        # end: run
    )

    begin {
        Enter-Command -Cmdlet $PSCmdlet
        if (-not $PSBoundParameters.ContainsKey('ErrorAction')) {
            $ErrorActionPreference = Get-RunErrorAction -Cmdlet $PSCmdlet
        }
        $members = @{}
        if ($Property) {
            $columns = [System.Collections.Generic.List`1[string]] @('MailboxName', 'Language', 'Locale', 'TimeZone', 'AutomaticReplyStatus')
            # One that is there already is no mistake: the row has what was asked for.
            foreach ($name in $Property) { if ($columns -notcontains $name) { $columns.Add($name) } }
            $members['columns'] = @($columns)
        }
        $run = Open-Run -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Function 'exrun_mailbox_settings_report' -Members $members -Activity 'Reading mailbox settings'
    }

    # No try block stands around what emits rows: errors in the commands behind this one would become terminating.
    # What is cut short there is freed as the pipeline ends, by the clean block where there are any.
    process {
        # Handed over in portions, since a call for each object would cost more than all else.
        $run.Waiting.Add($Mailboxes)
        if ($run.Waiting.Count -ge $run.Portion -or $run.Clock.ElapsedMilliseconds -ge $run.NextPush) { Add-RunInput -Run $run }
    }

    end { Complete-Run -Run $run }

    # Windows PowerShell cannot read it; from version 7.3 on the module is loaded with it.
    # clean: { Clear-AbandonedRun -Cmdlet $PSCmdlet }
}
