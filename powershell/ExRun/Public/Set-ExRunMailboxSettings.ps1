function Set-ExRunMailboxSettings {
    <#
    .SYNOPSIS
        Changes settings of one mailbox, of many, or of all.
    .DESCRIPTION
        Reads each mailbox's settings, writes those that were given, and emits a row that says what changed from
        what to what. The mailboxes go side by side, at the pace that the service bears. A write whose outcome
        is unknown, because the connection broke, is read back before it is repeated. A mailbox that fails gives
        a row and an error, and the run goes on.

        Null and blank values out of a script block, and a member of $_ that the input object does not have, fail
        their mailbox, which is not asked: see AllowNull.

        With WhatIf everything is read and nothing written: the rows say what would change. With Confirm you are
        asked once, for all mailboxes.

        The app needs the permission MailboxSettings.ReadWrite.
    .PARAMETER Mailboxes
        The mailboxes: addresses, user principal names or ids, or objects that have one as MailboxName,
        PrimarySmtpAddress, UserPrincipalName, Mail, EmailAddress, Id, PrimaryEmail, WindowsEmailAddress,
        ExternalDirectoryObjectId or Identity (which counts where it is an address or an id), such as those of
        Get-Mailbox, Get-EXOMailbox, Get-MgUser or Import-Csv. Blanks, _, - and case do not count in these names.
    .PARAMETER TimeZone
        The time zone, by its Windows name, such as W. Europe Standard Time.
    .PARAMETER Locale
        The language, such as de-DE.
    .PARAMETER DateFormat
        The format of dates, such as dd.MM.yyyy.
    .PARAMETER TimeFormat
        The format of times, such as HH:mm.
    .PARAMETER WorkingDays
        The days of the week on which work is done, such as Monday, Tuesday.
    .PARAMETER WorkingHoursStart
        When work begins, such as 08:00.
    .PARAMETER WorkingHoursEnd
        When work ends, such as 17:00.
    .PARAMETER WorkingHoursTimeZone
        The time zone of the working hours.
    .PARAMETER AutomaticReplyStatus
        Whether automatic replies are sent: Disabled, AlwaysEnabled or Scheduled.
    .PARAMETER AutomaticReplyStart
        From when on scheduled replies are sent. Local time unless it says otherwise; a time whose kind is
        unspecified is taken as local.
    .PARAMETER AutomaticReplyEnd
        Until when scheduled replies are sent.
    .PARAMETER ExternalAudience
        Who outside of the organisation gets replies: None, ContactsOnly or All.
    .PARAMETER InternalReplyMessage
        The reply to those inside of the organisation.
    .PARAMETER ExternalReplyMessage
        The reply to those outside.
    .PARAMETER DelegateMeetingMessageDeliveryOptions
        Who gets meeting messages: SendToDelegateAndInformationToPrincipal, SendToDelegateAndPrincipal or
        SendToDelegateOnly.
    .PARAMETER Settings
        Settings by the names of Microsoft Graph, as a hashtable or an object: @{ timeZone = 'UTC'; workingHours
        = @{ startTime = '08:00' } }. JSON text will do as well, and so will a script block that gives one of
        them for $_, the input object. The other parameters win over it.
    .PARAMETER IfDifferent
        Writes only what differs from what is there.
    .PARAMETER UndoFile
        Writes the values that were there before to this file, as lines of JSON, each before its mailbox is
        changed. Restore takes it back. A run that is resumed with its journal goes on in the file that it began
        with, wherever that has been moved to; another one is refused.
    .PARAMETER PlanFile
        Changes nothing, and writes what differs to this file: a plan for Invoke-ExRunPlan. Rows say what would change. The
        file appears when all mailboxes were read, and replaces one of that name. Not with Journal, UndoFile and Restore.
    .PARAMETER Restore
        Sets each mailbox of an undo file back to the values in it. A file of another tenant is refused before anything
        is sent; so is one that does not say of which tenant it is (an earlier version wrote it), unless ExpectTenant is
        given.
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
    .PARAMETER Maximum
        The most mailboxes that the run may be about, wherever they come from. All of them are known before the first
        is changed; where there are more, nothing is sent and the command ends with an error.
    .PARAMETER AllowNull
        Null and blank text among the settings are meant: what the mailbox has is to be taken away. A single
        [DBNull]::Value in the place of a setting says the same of that one. Restore needs neither.
    .PARAMETER CertFileName
        The PFX file, or a PEM file with certificate and key. Without it, and without Certificate or
        AccessToken, a connection made by Connect-ExRun is used.
    .PARAMETER password
        The password of the certificate file; asked for once where the file needs one and none is given.
    .PARAMETER TenantId
        With CertFileName or Certificate: the app's tenant, its id or one of its domains. Get-AppSettings says it where
        it is not given.
    .PARAMETER ClientId
        With CertFileName or Certificate: the application's id. Get-AppSettings says it where it is not given.
    .PARAMETER Certificate
        A certificate with its private key, from a store for example. The key signs where it is and is never exported.
    .PARAMETER AccessToken
        A token as a string or SecureString, or a token object. It cannot be renewed when it expires.
    .PARAMETER Connection
        The name of the connection to use.
    .PARAMETER ExpectTenant
        The tenant that the token must be of, its id or one of its domains: for any other nothing is sent.
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
    .PARAMETER Key
        With Journal: the property of the input objects that says which work a line is, such as a ticket number.
        Without it the journal knows a line by its mailbox and its settings, so that a line with other settings
        is new work. With it the key alone says whether it was done. No two lines of a mailbox may have the same
        one: the second fails, and nothing is written for it.
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
        Set-ExRunMailboxSettings kim@contoso.com -TimeZone 'W. Europe Standard Time' -Locale de-DE

        Changes one mailbox.
    .EXAMPLE
        Set-ExRunMailboxSettings -All -TimeZone UTC -IfDifferent -WhatIf | Where-Object Outcome -eq WouldChange

        Shows which mailboxes of the tenant have another time zone.
    .EXAMPLE
        Import-Csv zones.csv | Set-ExRunMailboxSettings -Settings { @{ timeZone = $_.Zone } }

        Sets for each mailbox of a file the time zone that stands beside it.
    .EXAMPLE
        Import-Csv mailboxes.csv | Set-ExRunMailboxSettings -TimeZone UTC -IfDifferent -UndoFile undo.jsonl -Journal run.db
        Set-ExRunMailboxSettings -Restore undo.jsonl

        Changes the mailboxes of a file, then sets them back.
    .EXAMPLE
        Set-ExRunMailboxSettings -All -TimeZone UTC -PlanFile plan.jsonl
        Invoke-ExRunPlan plan.jsonl -UndoPlan undo.jsonl -AuditFile audit.jsonl

        Writes down what is to be changed, and does that and nothing else.
    .OUTPUTS
        Objects with MailboxName, Outcome (Changed, Unchanged, WouldChange or Failed) and Changes, a list of
        objects with Setting, From and To, which OutFile writes as JSON text and Export-Csv does not show. Nothing
        with OutFile.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Mailboxes', SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
    [OutputType('ExRun.SettingsChange')]
    param(
        # shared: mailboxes
        [Parameter(Position = 0, Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'Mailboxes')]
        [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [Alias('MailboxName')]
        [psobject] $Mailboxes,
        # end: mailboxes
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $TimeZone,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $Locale,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $DateFormat,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $TimeFormat,
        [Parameter()] [ValidateSet('Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday')] [string[]] $WorkingDays,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $WorkingHoursStart,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $WorkingHoursEnd,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $WorkingHoursTimeZone,
        [Parameter()] [ValidateSet('Disabled', 'AlwaysEnabled', 'Scheduled')] [string] $AutomaticReplyStatus,
        [Parameter()] [datetime] $AutomaticReplyStart,
        [Parameter()] [datetime] $AutomaticReplyEnd,
        [Parameter()] [ValidateSet('None', 'ContactsOnly', 'All')] [string] $ExternalAudience,
        [Parameter()] [AllowEmptyString()] [string] $InternalReplyMessage,
        [Parameter()] [AllowEmptyString()] [string] $ExternalReplyMessage,
        [Parameter()] [ValidateSet('SendToDelegateAndInformationToPrincipal', 'SendToDelegateAndPrincipal', 'SendToDelegateOnly')] [string] $DelegateMeetingMessageDeliveryOptions,
        [Parameter()] [ValidateNotNull()] [System.Object] $Settings,
        [Parameter()] [switch] $IfDifferent,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $UndoFile,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $PlanFile,
        [Parameter(Mandatory = $true, ParameterSetName = 'Restore')] [ValidateNotNullOrEmpty()] [string] $Restore,
        # shared: source
        [Parameter(Mandatory = $true, ParameterSetName = 'All')] [switch] $All,
        [Parameter(ParameterSetName = 'All')] [ValidateNotNullOrEmpty()] [string] $Filter,
        [Parameter(ParameterSetName = 'All')] [ValidateRange(1, [int]::MaxValue)] [int] $Top,
        [Parameter(Mandatory = $true, ParameterSetName = 'Group')] [ValidateNotNullOrEmpty()] [string] $Group,
        [Parameter(ParameterSetName = 'All')] [switch] $IncludeWithoutMailbox,
        # end: source
        # shared: change
        [Parameter()] [ValidateRange(1, [int]::MaxValue)] [int] $Maximum,
        # end: change
        [Parameter()] [switch] $AllowNull,
        # shared: sign-in
        [Parameter()] [string] $CertFileName,
        [Parameter()] [securestring] $password,
        [Parameter()] [string] $TenantId,
        [Parameter()] [string] $ClientId,
        [Parameter()] [psobject] $AccessToken,
        [Parameter()] [string] $ExpectTenant,
        # end: sign-in
        # shared: certificate
        [Parameter()] [System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate,
        # end: certificate
        # shared: connection
        [Parameter()] [string] $Connection,
        # end: connection
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $Key,
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
        # A module sees the preferences of the global scope only; those of a script or function count here as well.
        $preferences = $PSCmdlet.SessionState.PSVariable
        if (-not $PSBoundParameters.ContainsKey('ErrorAction')) { $ErrorActionPreference = Get-RunErrorAction -Cmdlet $PSCmdlet -HeedStop }
        if (-not $PSBoundParameters.ContainsKey('WhatIf')) { $WhatIfPreference = [bool] $preferences.GetValue('WhatIfPreference') }
        if (-not $PSBoundParameters.ContainsKey('Confirm')) { $ConfirmPreference = $preferences.GetValue('ConfirmPreference', 'High') }
        $open = New-SettingsRequest -Cmdlet $PSCmdlet -Bound $PSBoundParameters -DryRun:$WhatIfPreference
        $undo = if ($Restore) { Read-UndoFile -Cmdlet $PSCmdlet -Path $Restore }
        $run = $null
        # Where the run must be agreed to, its mailboxes are gathered first, so that it is asked once and with their number.
        $held = $null
        # How many a dry run was given.
        $given = 0
        # To write a plan changes no mailbox.
        if (-not $WhatIfPreference -and -not $PlanFile -and $ConfirmPreference -in 'Low', 'Medium') {
            $held = [System.Collections.Generic.List`1[System.Object]]::new()
        } else {
            $run = Open-Run -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Undo $undo @open
        }
    }

    # No try block stands around what emits rows: errors in the commands behind this one would become terminating.
    # What is cut short there is freed as the pipeline ends, by the clean block where there are any.
    process {
        if ($null -ne $held) {
            # A null of a pipeline is an entry as any other; the loop passes over it.
            if ($null -eq $Mailboxes -and $MyInvocation.ExpectingInput) { $held.Add($null) }
            foreach ($mailbox in $Mailboxes) { $held.Add($mailbox) }
            return
        }
        if ($Restore) { return }
        if ($WhatIfPreference) { $given += $(if ($Mailboxes -is [string]) { 1 } else { @($Mailboxes).Count }) }
        # Handed over in portions, since a call for each object would cost more than all else.
        $run.Waiting.Add($Mailboxes)
        if ($run.Waiting.Count -ge $run.Portion -or $run.Clock.ElapsedMilliseconds -ge $run.NextPush) { Add-RunInput -Run $run }
    }

    end {
        if ($null -ne $held) {
            $count = if ($Restore) { $undo.Count } else { $held.Count }
            $agreed = Confirm-Run -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Count $count -Action 'Set mailbox settings' -Undo $undo
            if ($null -eq $agreed) { return }
            # No more than were agreed to.
            if ($agreed.Maximum) { $open['Members']['maximum'] = $agreed.Maximum }
            $run = Open-Run -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Session $agreed.Session @open
            $run.Waiting.Add($held.ToArray())
        }
        if ($WhatIfPreference) {
            if ($Restore) { $given = $undo.Count }
            # Says how many it is about, and in which tenant; what would change, the rows say.
            $target = Get-RunTarget -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Count $given -Session $run.Session
            [void] $PSCmdlet.ShouldProcess($target.Text, 'Set mailbox settings, as ' + (Format-Actor -Session $run.Session))
        }
        if ($Restore) { Add-RunFile -Run $run -Path $undo.Path }
        Complete-Run -Run $run
    }

    # Windows PowerShell cannot read it; from version 7.3 on the module is loaded with it.
    # clean: { Clear-AbandonedRun -Cmdlet $PSCmdlet }
}
