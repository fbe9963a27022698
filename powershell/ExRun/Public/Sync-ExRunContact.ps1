function Sync-ExRunContact {
    <#
    .SYNOPSIS
        Brings a list of contacts into a folder of many mailboxes: a company's address book on every phone.
    .DESCRIPTION
        Compares the folder of each mailbox with the list, writes down as a plan what is to be done, asks once whether that
        may be done, and does it as Invoke-ExRunPlan does. Contacts are made, changed and removed in that folder alone, which
        is made where it is not there. A second run sends reads only.

        Each contact carries a key, in a property of its own that no program shows. By it the contact is known whatever else
        of it changes, so that another name or address is a change and the contact stays the same one. Contacts of the
        folder without such a key, which people have put there, are left alone; with -RemoveOthers they go.

        The list is a CSV file or objects, with the names of Outlook's export (First Name, E-mail Address, Business Phone),
        of Microsoft Graph (givenName, emailAddresses, businessPhones) or of the directory (Mail, StreetAddress); case and
        blanks do not count. What the list has no column for stays as it is; an empty value takes away. A column that is not
        known is refused, and the error names those that are. With -FromGroup the people in a group are the list.

        Photos are written on request: those that a column Photo names, those of a folder (-PhotoFolder), or those of the
        people in a group (-Photos). They are JPEG of at most 4 MB, as the service takes them; the error for another one
        names its row. Each contact carries the hash of its photo beside its key, so that a second run knows without
        reading photos which are other ones. A blank in the column, no file for a key, and a user without a photo mean that
        the contact has none: one that was given a photo here before is then removed and made again, for the service takes
        no photo away from a contact. What people do to the photo of a contact themselves is not seen. The photos lie beside
        the plan in a folder of its name that ends in .photos, each once, and go with it: keep both, or neither.

        You are asked once, for the whole plan; with -Confirm:$false you are not. Where something is removed -Maximum is
        needed. With WhatIf the differences are emitted and nothing is changed. The plan is held in a file meanwhile, some
        3 KB for each contact of each mailbox that is to be made or changed, and 2 KB for each photo.

        -UndoPlan takes back contacts, with their photos where they were made. A photo that was put in the place of another,
        or that went with a contact that was removed, has no way back: run the command with the list from before.

        The app needs Contacts.ReadWrite.
    .PARAMETER Contacts
        The contacts: a CSV file (or JSON Lines), or objects such as those of Import-Csv, Get-ADUser or Get-MgUser.
    .PARAMETER FromGroup
        The contacts are the people in a group who have a mail address, those of groups in it included: its id, address or
        display name. They are known by their ids. The app needs GroupMember.Read.All and User.Read.All.
    .PARAMETER Folder
        The folder of contacts, by its path: Company, or Company/Berlin. Where it is not there it is made.
    .PARAMETER KeyProperty
        The column that says who a contact is, such as EmployeeId. Without it the column Key is taken, else the first
        address, and then another address makes another contact.
    .PARAMETER PhotoFolder
        The folder of the contacts' photos: where the list has a column Photo, its paths begin there; else the files of the
        folder have the names of the keys, such as E1.jpg. Without it the paths of a column Photo begin in the folder of
        the file of Contacts, and for objects in the current location.
    .PARAMETER Photos
        With FromGroup: each contact gets the photo of its user. They are read once for each run, a request for each
        member. The app needs ProfilePhoto.Read.All for that, or User.Read.All.
    .PARAMETER RemoveOthers
        Contacts of the folder that no list has put there are removed too.
    .PARAMETER AllowEmpty
        An empty list is meant: all that it had put into the folder is removed. Without it an empty list is refused.
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
        Sync-ExRunContact -All -Contacts people.csv -KeyProperty EmployeeId -Folder Company -UndoPlan undo.jsonl -Maximum 500000

        Brings the people of a file into the folder Company of every mailbox.
    .EXAMPLE
        Sync-ExRunContact -Group Sales -FromGroup 'All Staff' -Folder Company -PlanFile plan.jsonl -Journal run.db -Maximum 100000

        Brings the people of one group into the mailboxes of another. Where it is cut off, the same line goes on.
    .EXAMPLE
        Sync-ExRunContact -All -Contacts people.csv -KeyProperty EmployeeId -PhotoFolder C:\temp\photos -Folder Company -Maximum 500000

        The same with photos: of the person whose EmployeeId is E1 it is C:\temp\photos\E1.jpg.
    .EXAMPLE
        Sync-ExRunContact -Group Sales -FromGroup 'All Staff' -Photos -Folder Company -PlanFile plan.jsonl -Journal run.db -Maximum 500000

        The people in one group with their own photos in the mailboxes of another; the photos lie in plan.photos beside the plan until it is done.
    .EXAMPLE
        Import-Csv mailboxes.csv | Sync-ExRunContact -Contacts (Import-Csv people.csv) -KeyProperty EmployeeId -Folder Company -WhatIf

        Shows what would be done, and does nothing.
    .OUTPUTS
        Objects with MailboxName, Facet, Key, Change (Create, Change or Remove), Outcome (Done, Unchanged, AlreadyGone,
        Drifted, Failed or OutcomeUnknown) and Line, the number of the plan's line. With WhatIf objects with MailboxName,
        InDesiredState, Facet, Key, Change, From, To and Blocked, one for each difference. Nothing with OutFile.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Mailboxes', SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    [OutputType('ExRun.PlanChange', 'ExRun.StateDifference')]
    param(
        # shared: mailboxes
        [Parameter(Position = 0, Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'Mailboxes')]
        [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [Alias('MailboxName')]
        [psobject] $Mailboxes,
        # end: mailboxes
        [Parameter()] [ValidateNotNull()] [System.Object] $Contacts,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $FromGroup,
        [Parameter(Mandatory = $true)] [ValidateNotNullOrEmpty()] [string] $Folder,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $KeyProperty,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $PhotoFolder,
        [Parameter()] [switch] $Photos,
        [Parameter()] [switch] $RemoveOthers,
        [Parameter()] [switch] $AllowEmpty,
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
        $open = New-ContactSyncRequest -Cmdlet $PSCmdlet -Bound $PSBoundParameters
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
        Complete-StateChange -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Open $open -File $files -Mailbox $held.ToArray() -From 'the list' -Action 'Bring contacts into {0}' -DryRun:$WhatIfPreference
    }

    # Windows PowerShell cannot read it; from version 7.3 on the module is loaded with it.
    # clean: { Clear-AbandonedRun -Cmdlet $PSCmdlet }
}
