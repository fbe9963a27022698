function Invoke-ExRunMailboxRequest {
    <#
    .SYNOPSIS
        Sends a request of Microsoft Graph, or several steps, for each of many mailboxes.
    .DESCRIPTION
        The path is relative to the mailbox: messages?$top=5 is /users/{mailbox}/messages?$top=5. The requests
        go side by side, at the pace that the service bears; what is throttled or breaks is tried again.
        Collections are read to their last page, and each of their elements becomes an object; any other answer
        becomes one. An answer without a body gives its status code; one that is no JSON, such as a photo, goes to
        a file of OutFolder. A mailbox that fails gives an error, and the run goes on.

        In Path, and in the text of Body, {Name} stands for the property of that name of the mailbox's input
        object; {{ and }} stand for braces. Both may also be script blocks, in which $_ is the input object. A
        mailbox for which a script block throws fails with what it threw, and the run goes on.

        Nothing in the place of something is refused: null and blank values of a mailbox, a member of $_ that its
        object does not have, a path that lost a part because it stood in double quotes, a write to the user itself, to
        a folder that every mailbox has or to a whole collection. With WhatIf and Confirm you see the whole URL and
        the number of mailboxes.

        A request that writes and whose answer is lost is not sent again blindly: PATCH and PUT are read back
        first, and a POST is never sent twice. Its mailbox fails with the error OutcomeUnknown, unless Verify says
        how to find out: then a POST that was carried out has its row, and one that was not is sent again.
    .PARAMETER Mailboxes
        The mailboxes: addresses, user principal names or ids, or objects that have one as MailboxName,
        PrimarySmtpAddress, UserPrincipalName, Mail, EmailAddress, Id, PrimaryEmail, WindowsEmailAddress,
        ExternalDirectoryObjectId or Identity (which counts where it is an address or an id), such as those of
        Get-Mailbox, Get-EXOMailbox, Get-MgUser or Import-Csv. Blanks, _, - and case do not count in these names.
    .PARAMETER Path
        The request's path below the mailbox, with its query: messages?$top=5, mailFolders/inbox,
        calendar/events. A text with {Name} placeholders, or a script block.
    .PARAMETER Method
        GET (the default), POST, PATCH, PUT or DELETE.
    .PARAMETER Body
        The body of a request that writes: an object, a hashtable, JSON text, or a script block that gives one
        of them for $_. Dates in it go out as ISO 8601, bytes as base64.
    .PARAMETER Verify
        With POST: how to find out whether it was carried out where its answer is lost, in this run or in the one
        before with the same Journal. A hashtable with Path, which is read, and Done: Found where what was made is
        then there (the object, or at least one element of a collection), NotFound where what was there is then
        gone. Path stands below the mailbox and may hold {Name}. Or a script block that gives such a hashtable for
        $_, and its Path complete. What was found is the row; where nothing was to be found, the row has StatusCode 404. With Found, what
        is not there is looked for two minutes before the POST is sent again, but for an event with a
        transactionId, which the service does not create twice.
    .PARAMETER Steps
        Several requests for each mailbox, done in their order, in the place of Path, Method, Body and Verify: hashtables
        with Name and Path, and where needed Method, Body, Header, Verify, When, Unless and ForEach. In Path, Body and
        the Path of Verify {find.value[0].id} stands for a value of the answer of the step find: members by name,
        elements by number; a collection has its elements as value. {make.id|find.value[0].id} is the first that is
        there. A step with When is done only where that value is there, one with Unless only where it is not (missing,
        null, false, blank or an empty list). ForEach names a list, such as {find.value}: the step is done for each
        element, of which {each.id} is a member. Each step gives an object with Step, Outcome, StatusCode and Items, the
        last one an object for each element of its answer. With Journal a run that was killed goes on at the step that
        was not done, with the values that were got; they stand in the journal.
    .PARAMETER OutFolder
        A folder that the answers of a GET go to, each as a file: photo/$value, messages/{Id}/$value,
        messages/{Id}/attachments/{Att}/$value. Objects have File (below the folder), Bytes, Sha256 and ContentType. A
        file is called by its mailbox where Path is the same for all, else it lies in a folder of that name; its ending
        is that of its content. JSON is written as .json, but for a page of a collection that goes on, which fails. With
        Journal a file that is there with its length is not fetched again. A mailbox that has no such thing, as no
        photo, fails, and with IncludeEmpty gives an object without a file.
    .PARAMETER Select
        The members that each object has, in this order; null where the service gave none.
    .PARAMETER Header
        Further headers of each request, such as @{ Prefer = 'outlook.timezone="UTC"' }.
    .PARAMETER ApiVersion
        v1.0 (the default) or beta, whose requests and answers Microsoft may change at any time.
    .PARAMETER OutsideMailbox
        Path is not below the mailbox but below the API's version: groups/{GroupId}/owners. It names at least one
        property of the input objects, and rows show the mailbox that an object names, or its id.
    .PARAMETER IncludeEmpty
        A mailbox whose collection has no elements gives an object with its name alone: proof that it was read.
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
        Null, and blank text that comes of a mailbox's own object, is meant. Without it a mailbox with such a value in
        the place of something fails, and is not asked; a single [DBNull]::Value in a body says the same of its place.
    .PARAMETER AllowWholeMailbox
        A write may be about a mailbox's user itself (which a DELETE deletes, with the account), about a folder that
        every mailbox has, or about a whole collection.
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
        With Journal: the property of the input objects that says which work a line is, such as an order number.
        Without it the journal knows a line by its mailbox and its request, so that a line with another path or
        body is new work: give a key where the body differs from day to day and the work is the same. The key
        alone then says whether it was done. No two lines of a mailbox may have the same one: the second fails,
        and nothing is sent for it.
    .PARAMETER RetryFailed
        With Journal: asks again for mailboxes whose recorded row is an error.
    .PARAMETER RetryUnknown
        With Journal: sends requests again of which it is not known whether they were carried out. A POST may
        then happen twice.
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
        Import-Csv mailboxes.csv | Invoke-ExRunMailboxRequest -Path 'messages?$top=5&$select=subject' -Select id, subject | Export-Csv subjects.csv

        Lists five subjects of each mailbox.
    .EXAMPLE
        $people | Invoke-ExRunMailboxRequest -Method POST -Path calendars -Body @{ name = 'Duty of {DisplayName}' } -Journal calendars.db

        Makes a calendar in each mailbox, named after its owner. Interrupted and started again, it makes none
        twice.
    .EXAMPLE
        $found | Invoke-ExRunMailboxRequest -Method POST -Path 'messages/{id}/permanentDelete' -Verify @{ Path = 'messages/{id}'; Done = 'NotFound' } -Journal purge.db

        Deletes messages for good that an earlier command found. Where an answer is lost, the message is looked for:
        one that is gone was deleted.
    .EXAMPLE
        $people | Invoke-ExRunMailboxRequest -Method POST -Path events -Body { New-Party $_ } -Verify { @{ Path = "events?`$filter=transactionId eq '$($_.PartyId)'"; Done = 'Found' } }

        Creates an event in each calendar, whose transactionId tells whether it is there.
    .EXAMPLE
        Import-Csv orders.csv | Invoke-ExRunMailboxRequest -Method POST -Path sendMail -Body { New-Notice $_ } -Journal notices.db -Key OrderId

        Sends a notice of each order, whose text has the date in it. Started again the next day with the same
        journal, it sends those of new orders alone.
    .EXAMPLE
        Import-Csv groups.csv | Invoke-ExRunMailboxRequest -OutsideMailbox -Path 'groups/{Id}/members?$select=id' -IncludeEmpty | Where-Object { -not $_.id }

        Finds groups without members, among those of a file with a column Id.
    .EXAMPLE
        Invoke-ExRunMailboxRequest -All -Path 'photo/$value' -OutFolder photos -IncludeEmpty -Journal photos.db

        Saves the photo of every mailbox that has one.
    .EXAMPLE
        $found | Invoke-ExRunMailboxRequest -Path 'messages/{id}/$value' -OutFolder mail -Journal mail.db

        Saves messages that an earlier command found as .eml files.
    .EXAMPLE
        $people | Invoke-ExRunMailboxRequest -Journal folders.db -Select id, displayName -Steps @(
            @{ Name = 'find'; Path = 'mailFolders?$filter=displayName eq ''Kept''&$select=id' }
            @{ Name = 'make'; Method = 'POST'; Path = 'mailFolders'; Body = @{ displayName = 'Kept' }; Unless = '{find.value[0].id}' }
            @{ Name = 'rule'; Method = 'POST'; Path = 'mailFolders/inbox/messageRules'; Body = @{
                displayName = 'Keep'; sequence = 1; isEnabled = $true
                conditions  = @{ subjectContains = @('keep') }
                actions     = @{ moveToFolder = '{make.id|find.value[0].id}' }
            } }
        )

        Makes a folder in each mailbox that has it not, and a rule that moves messages into it.
    .EXAMPLE
        Invoke-ExRunMailboxRequest -All -Path "mailFolders/inbox" -Select totalItemCount, unreadItemCount -OutFile inboxes.csv

        Counts the items of every inbox of the tenant.
    .OUTPUTS
        Objects with MailboxName and the members that the service answered, or those of Select. Nothing with
        OutFile.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Mailboxes', SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
    [OutputType([psobject])]
    param(
        # shared: mailboxes
        [Parameter(Position = 0, Mandatory = $true, ValueFromPipeline = $true, ParameterSetName = 'Mailboxes')]
        [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [Alias('MailboxName')]
        [psobject] $Mailboxes,
        # end: mailboxes
        [Parameter(Position = 1)] [ValidateNotNull()] [System.Object] $Path,
        [Parameter()] [ValidateSet('GET', 'POST', 'PATCH', 'PUT', 'DELETE')] [string] $Method = 'GET',
        [Parameter()] [System.Object] $Body,
        [Parameter()] [ValidateNotNull()] [System.Object] $Verify,
        [Parameter()] [ValidateNotNullOrEmpty()] [System.Object[]] $Steps,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $OutFolder,
        [Parameter()] [Alias('Property')] [ValidateNotNullOrEmpty()] [string[]] $Select,
        [Parameter()] [Alias('Headers')] [System.Collections.IDictionary] $Header,
        [Parameter()] [ValidateSet('v1.0', 'beta')] [string] $ApiVersion,
        [Parameter()] [switch] $OutsideMailbox,
        [Parameter()] [switch] $IncludeEmpty,
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
        [Parameter()] [switch] $AllowWholeMailbox,
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
        [Parameter()] [switch] $RetryUnknown,
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
        $open = New-MailboxRequest -Cmdlet $PSCmdlet -Bound $PSBoundParameters
        $run = $null
        # Where the run must be agreed to, its mailboxes are gathered first, so that it is asked once and with their number.
        $held = $null
        $writes = if ($Steps) { @($open['Members']['steps'] | Where-Object { $_['method'] -and $_['method'] -ne 'GET' }).Count -gt 0 } else { $Method -ne 'GET' }
        if ($writes -and ($WhatIfPreference -or $ConfirmPreference -in 'Low', 'Medium')) {
            $held = [System.Collections.Generic.List`1[System.Object]]::new()
        } else {
            $run = Open-Run -Cmdlet $PSCmdlet -Bound $PSBoundParameters @open
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
        # Handed over in portions, since a call for each object would cost more than all else.
        $run.Waiting.Add($Mailboxes)
        if ($run.Waiting.Count -ge $run.Portion -or $run.Clock.ElapsedMilliseconds -ge $run.NextPush) { Add-RunInput -Run $run }
    }

    end {
        if ($null -ne $held) {
            if ($Steps) {
                $action = Get-StepAction -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Mailbox $held.ToArray() -Step $open['Members']['steps']
            } else {
                $url = Get-RequestUrl -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Mailbox $held.ToArray() -InputScript $open['InputScript']
                $action = '{0} {1} ({2})' -f $Method, $Path, $url
            }
            $agreed = Confirm-Run -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Count $held.Count -Action $action -DryRun:$WhatIfPreference
            if ($null -eq $agreed) { return }
            # No more than were agreed to.
            if ($agreed.Maximum) { $open['Members']['maximum'] = $agreed.Maximum }
            $run = Open-Run -Cmdlet $PSCmdlet -Bound $PSBoundParameters -Session $agreed.Session @open
            $run.Waiting.Add($held.ToArray())
        }
        Complete-Run -Run $run
    }

    # Windows PowerShell cannot read it; from version 7.3 on the module is loaded with it.
    # clean: { Clear-AbandonedRun -Cmdlet $PSCmdlet }
}
