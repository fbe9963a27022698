function Test-ExRunMailboxState {
    <#
    .SYNOPSIS
        Compares many mailboxes with a wanted state and emits a row for each difference.
    .DESCRIPTION
        Reads what the state is about, of several mailboxes in one request, and changes nothing. A mailbox that is in the
        state has no row, or with -IncludeEmpty one whose InDesiredState is true.

        A state names parts of mailboxes: settings, inboxRules, calendarPermissions, categories, mailFolders, contacts. Of
        each it says the items, as Microsoft Graph has them, and the mode. ensure: they are there with the values that are
        named, and all else stays. exact: within a scope that must be named (names that begin with a prefix, a list of
        names, a folder of contacts, or all) there is nothing else. absent: they are not there. What is wrong with a state
        is told before anything is sent.

        With -PlanFile the changes that take the differences away are written down, for Invoke-ExRunPlan to do;
        Set-ExRunMailboxState does both at once. With -EnableExit the script or session ends with an exit code: 0 where all
        mailboxes are in the state, 2 where one is not, 1 where one could not be read.

        The app needs the permissions to read what the state names: MailboxSettings.Read for settings, rules and
        categories, Calendars.Read, Mail.ReadBasic.All for folders, Contacts.Read.
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
    .PARAMETER IncludeEmpty
        A row for each mailbox that is in the state, too: it proves that the mailbox was read. Not with EnableExit.
    .PARAMETER PlanFile
        Writes what would be done to this file, as a plan for Invoke-ExRunPlan. It appears when the run is complete, and
        replaces one of that name. Not with Journal.
    .PARAMETER EnableExit
        Ends the script or the session, when all rows were emitted, with an exit code: 0 where all mailboxes are in the
        state, 2 where there are differences, 1 where a mailbox could not be read. For scheduled jobs and pipelines; in a
        console it closes the console.
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
        $state = @{ categories = @{ mode = 'exact'; scope = @{ prefix = 'Corp ' }; items = @(@{ displayName = 'Corp Red'; color = 'preset0' }) } }
        Test-ExRunMailboxState -All -State $state | Group-Object Change -NoElement

        Counts in how many mailboxes the categories that begin with Corp are not the one that is wanted.
    .EXAMPLE
        @{ inboxRules = @{ mode = 'absent'; items = @('Forward all') } } | ConvertTo-Json -Depth 9 | Set-Content state.json
        Test-ExRunMailboxState -Group Sales -State state.json -PlanFile plan.jsonl
        Invoke-ExRunPlan plan.jsonl -Maximum 500 -UndoPlan undo.jsonl

        Finds a rule that nobody is to have, looks at the differences, and has it removed.
    .OUTPUTS
        Objects with MailboxName, InDesiredState, Facet (the part of the mailbox), Key (a rule's name, an address), Change
        (Create, Change or Remove), From, To, and Blocked, which says why nothing takes a difference away. Nothing with
        OutFile.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Mailboxes')]
    [OutputType('ExRun.StateDifference')]
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
        [Parameter()] [switch] $IncludeEmpty,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $PlanFile,
        [Parameter()] [switch] $EnableExit,
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
        if (-not $PSBoundParameters.ContainsKey('ErrorAction')) { $ErrorActionPreference = Get-RunErrorAction -Cmdlet $PSCmdlet }
        Invoke-Guarded -Cmdlet $PSCmdlet -Do {
            foreach ($pair in @('PlanFile', 'Journal'), @('EnableExit', 'IncludeEmpty')) {
                if ($PSBoundParameters[$pair[0]] -and $PSBoundParameters[$pair[1]]) {
                    Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message ('-{1} does not go with -{0}' -f $pair))
                }
            }
        }
        $file = if ($PlanFile) { Invoke-Guarded -Cmdlet $PSCmdlet -Do { Resolve-FilePath -Cmdlet $PSCmdlet -Path $PlanFile } }
        $open = New-StateRequest -Cmdlet $PSCmdlet -Bound $PSBoundParameters -PlanFile $file
        $run = Open-Run -Cmdlet $PSCmdlet -Bound $PSBoundParameters @open
    }

    # No try block stands around what emits rows: errors in the commands behind this one would become terminating.
    # What is cut short there is freed as the pipeline ends, by the clean block where there are any.
    process {
        # Handed over in portions, since a call for each object would cost more than all else.
        $run.Waiting.Add($Mailboxes)
        if ($run.Waiting.Count -ge $run.Portion -or $run.Clock.ElapsedMilliseconds -ge $run.NextPush) { Add-RunInput -Run $run }
    }

    end {
        Complete-Run -Run $run
        if ($EnableExit) { exit (Get-StateExitCode -Run $run) }
    }

    # Windows PowerShell cannot read it; from version 7.3 on the module is loaded with it.
    # clean: { Clear-AbandonedRun -Cmdlet $PSCmdlet }
}
