function Export-ExRunMessage {
    <#
    .SYNOPSIS
        Saves messages of many mailboxes as files, with a list of them and their hashes.
    .DESCRIPTION
        Saves each message as an .eml file, in a folder a mailbox. Give it rows of Find-ExRunMessage, or mailboxes and
        what says which messages are sought in them. A file is there whole or not at all, however large the message is. Its
        name has the time, the subject and a hash of the message's id, without what Windows does not take.

        manifest.jsonl in the folder lists what was saved, a line each: mailbox, messageId, internetMessageId, kind
        (message, attachment, or reference for one that lies elsewhere), file, bytes and sha256. With Journal a run that was
        cut off goes on: what the manifest lists and is there is not read again.

        The app needs Mail.Read. It changes nothing.
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
    .PARAMETER OutFolder
        The folder of the files, which is made where it is not there, for you alone. It must not hold a manifest, unless
        Journal goes on with the run that has made it.
    .PARAMETER Attachments
        Saves attachments as files of their own, too: an item, such as a message, as .eml. One that lies elsewhere, as in
        OneDrive, is noted in the manifest.
    .PARAMETER IncludeEmpty
        A row for each mailbox that has nothing to save, too.
    .PARAMETER InternetMessageId
        The Message-ID of the message, with or without its angle brackets.
    .PARAMETER From
        The address of the sender, or @contoso.com for all senders of a domain.
    .PARAMETER Subject
        What the subject holds, in any case.
    .PARAMETER Search
        The words of a search of Microsoft Graph (KQL), such as 'attachment:invoice received>=2026-11-01'. It gives 1,000
        messages of a mailbox at most: a mailbox with as many counts as failed, for there may be more.
    .PARAMETER ReceivedAfter
        Messages that were received then or later.
    .PARAMETER ReceivedBefore
        Messages that were received before that.
    .PARAMETER AttachmentName
        The name of an attachment, with * and ?.
    .PARAMETER AttachmentSha256
        The SHA-256 of the content of an attachment, in 64 hexadecimal digits. Each attachment whose name fits is read.
    .PARAMETER IncludeInline
        With AttachmentName or AttachmentSha256: inline attachments count, too. Each message that the rest finds is asked
        for its attachments then.
    .PARAMETER Folder
        Only this folder, without those within it: its path, such as Inbox/Projects, a well-known name, such as inbox or
        deleteditems, or its id. Without it all folders of a mailbox.
    .PARAMETER RecoverableItems
        What was deleted and can still be recovered, too.
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
        Find-ExRunMessage -All -From eve@evil.example | Export-ExRunMessage -OutFolder evidence -Attachments

        Saves what somebody has sent to the tenant.
    .EXAMPLE
        Export-ExRunMessage kim@contoso.com -Folder inbox -ReceivedAfter 2026-11-01 -OutFolder mail -Journal mail.db

        Saves the messages of a folder. The same line goes on with it where it was cut off.
    .EXAMPLE
        Export-ExRunMessage kim@contoso.com -Folder inbox -OutFolder mail
        Get-Content mail/manifest.jsonl | ConvertFrom-Json | Where-Object file | Where-Object { (Get-FileHash (Join-Path mail $_.file)).Hash -ne $_.sha256 }

        Saves a folder, and shows which files are not as they were saved any more.
    .OUTPUTS
        Objects with MailboxName, Outcome (Saved, or Gone where the message was not there any more), File (relative to the
        folder), Bytes, Sha256, Attachments (how many it has, with -Attachments), Subject, Received, InternetMessageId and
        MessageId. Nothing with OutFile.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Mailboxes')]
    [OutputType('ExRun.SavedMessage')]
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
        [Parameter(Mandatory = $true)] [ValidateNotNullOrEmpty()] [string] $OutFolder,
        [Parameter()] [switch] $Attachments,
        [Parameter()] [switch] $IncludeEmpty,
        # shared: message
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $InternetMessageId,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $From,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $Subject,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $Search,
        [Parameter()] [datetime] $ReceivedAfter,
        [Parameter()] [datetime] $ReceivedBefore,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $AttachmentName,
        [Parameter()] [ValidatePattern('^\s*[0-9A-Fa-f]{64}\s*$')] [string] $AttachmentSha256,
        [Parameter()] [switch] $IncludeInline,
        [Parameter()] [ValidateNotNullOrEmpty()] [string] $Folder,
        [Parameter()] [switch] $RecoverableItems,
        # end: message
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
        $members = New-MessageRequest -Cmdlet $PSCmdlet -Bound $PSBoundParameters
        $open = @{ Function = 'exrun_messages_export'; Members = $members; Activity = 'Saving messages' }
        # Where nothing says which messages are sought, each input object says which it is.
        if (-not (Test-MessageSought -Bound $PSBoundParameters)) { $open['InputMember'] = 'MessageId', 'Subject', 'Received', 'InternetMessageId'; $open['OptionalInput'] = $true }
        $run = Open-Run -Cmdlet $PSCmdlet -Bound $PSBoundParameters @open
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
