# The members of what Graph has in a mailbox, by the last name of its path.
$script:GraphMembers = @{
    messages        = 'id subject from sender toRecipients ccRecipients receivedDateTime sentDateTime isRead isDraft hasAttachments importance categories flag conversationId internetMessageId parentFolderId bodyPreview body webLink'
    mailFolders     = 'id displayName parentFolderId childFolderCount totalItemCount unreadItemCount isHidden'
    events          = 'id subject organizer attendees start end location isAllDay isCancelled isOrganizer isOnlineMeeting showAs sensitivity type recurrence categories transactionId iCalUId bodyPreview body webLink'
    calendars       = 'id name color owner canEdit canShare isDefaultCalendar allowedOnlineMeetingProviders'
    contacts        = 'id displayName givenName surname emailAddresses companyName jobTitle businessPhones mobilePhone categories parentFolderId'
    contactFolders  = 'id displayName parentFolderId'
    attachments     = 'id name contentType size isInline lastModifiedDateTime'
    messageRules    = 'id displayName sequence isEnabled hasError isReadOnly conditions actions exceptions'
    mailboxSettings = 'timeZone language workingHours automaticRepliesSetting dateFormat timeFormat userPurpose archiveFolder delegateMeetingMessageDeliveryOptions'
}
$script:GraphMembers['childFolders'] = $script:GraphMembers['mailFolders']
$script:GraphMembers['calendarView'] = $script:GraphMembers['events']

function Get-GraphMember {
    <#
    .SYNOPSIS
        The members of what a path of a mailbox leads to, as far as they are known.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([AllowNull()] [AllowEmptyString()] [string] $Path)

    $names = @(($Path -split '\?')[0].Trim('/') -split '/')
    # An id, or the name of a folder, is one of what its parent has.
    for ($at = $names.Count - 1; $at -ge 0; $at--) {
        $members = $script:GraphMembers[$names[$at]]
        if ($members) { return $members -split ' ' }
    }
}
