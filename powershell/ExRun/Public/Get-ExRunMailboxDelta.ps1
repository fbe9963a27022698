function Get-ExRunMailboxDelta {
    <#
    .SYNOPSIS
        Reports what changed in many mailboxes since the last time.
    .DESCRIPTION
        Reads the messages, events or contacts of each mailbox that came, changed or went since the run before with the same
        file Since, and emits a row for each. The first run gives what is there. The file keeps by what Microsoft Graph goes
        on in each folder: a run in which nothing changed costs a request a mailbox or, of all folders, a request a folder.

        Change is Present in a first reading; AddedOrChanged, for Graph does not say whether a thing is new; or Removed, of
        which a row has the id alone. Graph forgets what it goes on by after some time: then that mailbox, or its folder, is
        read anew. A row with the Change Reset comes first: what is known of the folder before is to be dropped, for what
        was removed in the meantime nobody tells. FolderRemoved says that a folder is gone with all that was in it.

        A mailbox goes on after its rows only once the commands behind this one have taken them, and with OutFile once the
        file is in its place. After Ctrl+C, Select-Object -First or a crash rows come again rather than never: a change may
        be told twice, so take the rows by their ids. There is no Journal: run again with the same file.

        The app needs Mail.Read for messages, Calendars.Read for events, Contacts.Read for contacts.
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
    .PARAMETER Of
        What is read: Messages, Events of the default calendar, or Contacts.
    .PARAMETER Since
        The file by which a run goes on; it is made where it is not there, for you alone. It is of one tenant and of one
        choice of Of, Folder, AllFolders, Start and End, and one run has it at a time. Mailboxes are known in it by the
        names that they are given by.
    .PARAMETER StartNow
        Gives no rows of mailboxes that were never read: their changes are told from the next run on. They are read once
        all the same, for Microsoft Graph has no other way to begin.
    .PARAMETER Folder
        Of messages and contacts: only this folder, without those within it: its path, such as Inbox/Projects, or its id;
        of messages a well-known name, such as inbox, too. Without it messages of all folders, and contacts of the default
        one.
    .PARAMETER AllFolders
        Of contacts: those of all folders.
    .PARAMETER Start
        Of events, which needs it: where the period begins. It stays the same from run to run.
    .PARAMETER End
        Of events, which needs it: where the period ends. What leaves the period is told as removed.
    .PARAMETER IncludeEmpty
        A row for each mailbox that has nothing to show, too: its ItemCount proves that it was read.
    .PARAMETER Property
        Only these properties of the rows after MailboxName, in this order.
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
        Get-ExRunMailboxDelta -All -Of Messages -Folder inbox -Since inbox.db -OutFile changes.jsonl

        What changed in every inbox since the last run of this line, in a file.
    .EXAMPLE
        Get-ExRunMailboxDelta kim@contoso.com -Of Contacts -Since contacts.db | Where-Object Change -ne Removed

        The contacts of a mailbox that came or changed; the first time all of them.
    .EXAMPLE
        Get-ExRunMailboxDelta -Group Sales -Of Events -Start 2026-12-01 -End 2027-01-01 -Since december.db -StartNow

        Begins to follow the calendars of a group in December: the same line tells from now on what changed.
    .OUTPUTS
        Objects with MailboxName, Change, ReadAnew (First or Expired where a folder was read anew), Reason (of a removal, as
        Graph gives it), then of messages Folder, Subject, From, FromName, Received, InternetMessageId, HasAttachments,
        IsRead, MessageId and FolderId; of events Subject, Start, End, TimeZone, IsAllDay, IsCancelled, ShowAs, Organizer,
        Location and EventId; of contacts what Get-ExRunContact gives and FolderId; then ItemCount (how many changes of
        things the mailbox had) and Item, the thing as it was read. Nothing with OutFile.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Mailboxes')]
    [OutputType('ExRun.MailboxChange')]
    param(
        # shared: mailboxes
        [Parameter(Position = 0, Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'Mailboxes')]
        [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [Alias('MailboxName')]
        [psobject] $Mailboxes,
        # end: mailboxes
        # shared: source
        [Parameter(Mandatory = $true, ParameterSetName = 'All')] [switch] $All,
        [Parameter(ParameterSetName = 'All')] [ValidateNotNullOrEmpty()] [string] $Filter,
        [Parameter(ParameterSetName = 'All')] [ValidateRange(1, [int]::MaxValue)] [int] $Top,
        [Parameter(Mandatory = $true, ParameterSetName = 'Group')] [ValidateNotNullOrEmpty()] [string] $Group,
        [Parameter(ParameterSetName = 'All')] [switch] $IncludeWithoutMailbox,
        # end: source
        [Parameter(Mandatory = $true)] [ValidateSet('Messages', 'Events', 'Contacts')] [string] $Of,
        [Parameter(Mandatory = $true)] [ValidateNotNullOrEmpty()] [string] $Since,
        [Parameter()] [switch] $StartNow,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $Folder,
        [Parameter()] [switch] $AllFolders,
        [Parameter()] [datetime] $Start,
        [Parameter()] [datetime] $End,
        # shared: items
        [Parameter()] [switch] $IncludeEmpty,
        [Parameter()] [ValidateNotNullOrEmpty()] [string[]] $Property,
        # end: items
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
        # shared: run MaxConcurrency AsCompleted Shard StopAfterErrors OutFile FailedFile DefuseFormulas Encoding LogPath IncludeError
        [Parameter()] [ValidateRange(1, 1024)] [int] $MaxConcurrency,
        [Parameter()] [switch] $AsCompleted,
        [Parameter()] [ValidatePattern('^\d+/\d+$')] [string] $Shard,
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
        $members = New-DeltaRequest -Cmdlet $PSCmdlet -Bound $PSBoundParameters
        $run = Open-Run -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Function 'exrun_mailbox_delta' -Members $members -Activity 'Reading changes'
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
