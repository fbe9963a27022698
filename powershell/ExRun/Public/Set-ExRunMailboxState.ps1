function Set-ExRunMailboxState {
    <#
    .SYNOPSIS
        Brings many mailboxes to a wanted state, and changes nothing in those that are in it.
    .DESCRIPTION
        Compares each mailbox with the state as Test-ExRunMailboxState does, writes down as a plan what is to be done, asks
        once whether that may be done, and does it as Invoke-ExRunPlan does: what is there is read again before each
        change, and what has changed meanwhile is left alone as Drifted. A second time nothing is written.

        A state names parts of mailboxes: settings, inboxRules, calendarPermissions, categories, mailFolders, contacts. Of
        each it says the items, as Microsoft Graph has them, and the mode. ensure: they are there with the values that are
        named, and all else stays. exact: within a scope that must be named (names that begin with a prefix, a list of
        names, a folder of contacts, or all) there is nothing else. absent: they are not there. What is wrong with a state
        is told before anything is sent.

        With WhatIf the differences are emitted and nothing is changed. You are asked once, for the whole plan; with
        -Confirm:$false you are not. What the state takes away needs -Maximum.

        The app needs the permissions to write what the state names: MailboxSettings.ReadWrite for settings, rules and
        categories, Calendars.ReadWrite, Mail.ReadWrite for folders, Contacts.ReadWrite.
    .PARAMETER State
        The wanted state: a file of .json or .psd1, or a hashtable. Of each part of mailboxes (settings, inboxRules,
        calendarPermissions, categories, mailFolders, contacts) it says the mode, the scope and the items; docs/state.md
        describes it. A .psd1 is read as data: nothing of it is run.
    .PARAMETER Mailboxes
        The mailboxes: addresses, user principal names or ids, or objects that have one as MailboxName,
        PrimarySmtpAddress, UserPrincipalName, Mail, EmailAddress, Id, PrimaryEmail, WindowsEmailAddress,
        ExternalDirectoryObjectId or Identity (which counts where it is an address or an id), such as those of
        Get-Mailbox, Get-EXOMailbox, Get-MgUser or Import-Csv. Blanks, _, - and case do not count in these names.
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
        The most changes that may be made, of all mailboxes together. Needed where something is removed; where there are
        more, nothing is changed and the error says how many there are of each kind.
    .PARAMETER UndoPlan
        Writes the way back of each change to this file before it is made: a plan, which Invoke-ExRunPlan takes back.
    .PARAMETER AuditFile
        Writes to this file what became of each change, chained by hashes: Test-ExRunAudit finds lines that were changed,
        removed or moved.
    .PARAMETER PlanFile
        Keeps the plan in this file. With Journal it is needed: where both are there, mailboxes are not compared again, and
        the plan is gone on with where the last run ended.
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
    .PARAMETER AccessToken
        A token as a string or SecureString, or a token object. It cannot be renewed when it expires.
    .PARAMETER ExpectTenant
        The tenant that the token must be of, its id or one of its domains: for any other nothing is sent.
    .PARAMETER Certificate
        A certificate with its private key, from a store for example. The key signs where it is and is never exported.
    .PARAMETER Connection
        The name of the connection to use.
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
        $state = @{ categories = @{ items = @(@{ displayName = 'Corp Red'; color = 'preset0' }) } }
        Set-ExRunMailboxState -Group Sales -State $state -UndoPlan undo.jsonl
        Invoke-ExRunPlan undo.jsonl -Maximum 500

        Gives each member of a group a category, then takes that back.
    .EXAMPLE
        $state = @{ contacts = @{ mode = 'exact'; scope = @{ folder = 'Company' }; items = @(Import-Csv contacts.csv | ForEach-Object { @{ displayName = $_.Name; emailAddresses = @(@{ address = $_.Mail }) } }) } }
        Set-ExRunMailboxState -All -State $state -WhatIf | Group-Object Change -NoElement

        Shows what would be done for the folder Company of every mailbox to hold the contacts of a file and no others.
    .OUTPUTS
        Objects with MailboxName, Facet, Key, Change (Create, Change or Remove), Outcome (Done, Unchanged, AlreadyGone,
        Drifted, Failed or OutcomeUnknown) and Line, the number of the plan's line. With WhatIf those of
        Test-ExRunMailboxState. Nothing with OutFile.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Mailboxes', SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    [OutputType('ExRun.PlanChange', 'ExRun.StateDifference')]
    param(
        # shared: mailboxes
        [Parameter(Position = 0, Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'Mailboxes')]
        [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [Alias('MailboxName')]
        [psobject] $Mailboxes,
        # end: mailboxes
        [Parameter(Mandatory = $true)] [ValidateNotNull()] [System.Object] $State,
        # shared: source
        [Parameter(Mandatory = $true, ParameterSetName = 'All')] [switch] $All,
        [Parameter(ParameterSetName = 'All')] [ValidateNotNullOrEmpty()] [string] $Filter,
        [Parameter(ParameterSetName = 'All')] [ValidateRange(1, [int]::MaxValue)] [int] $Top,
        [Parameter(Mandatory = $true, ParameterSetName = 'Group')] [ValidateNotNullOrEmpty()] [string] $Group,
        [Parameter(ParameterSetName = 'All')] [switch] $IncludeWithoutMailbox,
        # end: source
        [Parameter()] [ValidateRange(1, [int]::MaxValue)] [int] $Maximum,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $UndoPlan,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $AuditFile,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $PlanFile,
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
        $open = New-StateRequest -Cmdlet $PSCmdlet -Bound $PSBoundParameters
        $files = Resolve-StateFile -Cmdlet $PSCmdlet -Bound $PSBoundParameters
        # All are compared before the first is changed, so that it is asked once and with the number of changes.
        $held = [System.Collections.Generic.List`1[System.Object]]::new()
    }

    process {
        # A null of a pipeline is an entry as any other; the loop passes over it.
        if ($null -eq $Mailboxes -and $MyInvocation.ExpectingInput) { $held.Add($null) }
        foreach ($mailbox in $Mailboxes) { $held.Add($mailbox) }
    }

    end {
        Complete-StateChange -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Open $open -File $files -Mailbox $held.ToArray() -From 'the wanted state' -Action 'Bring to the wanted state' -DryRun:$WhatIfPreference
    }

    # Windows PowerShell cannot read it; from version 7.3 on the module is loaded with it.
    # clean: { Clear-AbandonedRun -Cmdlet $PSCmdlet }
}
