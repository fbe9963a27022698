<#
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
#>
param(
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
    [Parameter()] [switch] $RecoverableItems
)
