# What Graph knows of a mailbox, and by which methods. {id} is a member of the input.
$script:GraphPaths = @'
GET PATCH              mailboxSettings
GET                    mailboxSettings/automaticRepliesSetting
GET                    mailboxSettings/language
GET                    mailboxSettings/timeZone
GET                    mailboxSettings/userPurpose
GET                    mailboxSettings/workingHours
GET POST               messages
GET PATCH DELETE       messages/{id}
GET POST               messages/{id}/attachments
POST                   messages/{id}/copy
POST                   messages/{id}/forward
POST                   messages/{id}/move
POST                   messages/{id}/permanentDelete
POST                   messages/{id}/reply
GET POST               mailFolders
GET PATCH DELETE       mailFolders/{id}
GET POST               mailFolders/{id}/childFolders
GET POST               mailFolders/{id}/messages
GET                    mailFolders/archive
GET                    mailFolders/archive/messages
GET                    mailFolders/deleteditems
GET                    mailFolders/deleteditems/messages
GET                    mailFolders/drafts
GET                    mailFolders/drafts/messages
GET                    mailFolders/inbox
GET POST               mailFolders/inbox/childFolders
GET POST               mailFolders/inbox/messageRules
GET PATCH DELETE       mailFolders/inbox/messageRules/{id}
GET                    mailFolders/inbox/messages
GET                    mailFolders/junkemail
GET                    mailFolders/junkemail/messages
GET                    mailFolders/msgfolderroot
GET POST               mailFolders/msgfolderroot/childFolders
GET                    mailFolders/outbox
GET                    mailFolders/recoverableitemsdeletions
GET                    mailFolders/recoverableitemsdeletions/messages
GET                    mailFolders/sentitems
GET                    mailFolders/sentitems/messages
GET                    calendar
GET POST               calendar/calendarPermissions
GET POST               calendar/events
POST                   calendar/getSchedule
GET POST               calendars
GET PATCH DELETE       calendars/{id}
GET POST               calendars/{id}/events
GET POST               calendarGroups
GET                    calendarView
GET POST               events
GET PATCH DELETE       events/{id}
POST                   events/{id}/accept
POST                   events/{id}/cancel
POST                   events/{id}/decline
GET                    events/{id}/instances
GET POST               contacts
GET PATCH DELETE       contacts/{id}
GET POST               contactFolders
GET PATCH DELETE       contactFolders/{id}
GET POST               contactFolders/{id}/contacts
GET POST               inferenceClassification/overrides
GET POST               outlook/masterCategories
PATCH DELETE           outlook/masterCategories/{id}
GET                    outlook/supportedLanguages
GET                    outlook/supportedTimeZones
GET                    people
GET PATCH DELETE       photo
GET PUT                photo/$value
GET POST               todo/lists
GET                    manager
GET                    directReports
GET                    memberOf
GET                    licenseDetails
POST                   findMeetingTimes
POST                   getMailTips
POST                   sendMail
POST                   translateExchangeIds
'@

function Complete-GraphPath {
    <#
    .SYNOPSIS
        What the Tab key offers for a path of a mailbox: its next part, then the options of a query.
    #>
    [CmdletBinding()]
    [OutputType([System.Management.Automation.CompletionResult])]
    param(
        [AllowNull()] [AllowEmptyString()] [string] $Word,
        # GET where there is none.
        [AllowNull()] [AllowEmptyString()] [string] $Method
    )

    $text = Get-TypedText -Word $Word
    if ($text.StartsWith('{')) { return }
    if (-not $Method) { $Method = 'GET' }
    if ($text.Contains('?')) {
        if ($Method -eq 'GET') { Complete-Word -Word $Word -Candidate (Get-GraphOption -Text $text) }
        return
    }
    $known = [System.Collections.Generic.List[string]]::new()
    foreach ($line in $script:GraphPaths -split '\r?\n') {
        $words = @($line -split ' +')
        if ($words -contains $Method) { $known.Add($words[-1]) }
    }
    # One part more at a time, as with folders; but none that leads nowhere by itself.
    $offered = [System.Collections.Generic.List[string]]::new()
    foreach ($path in $known) {
        $next = $path
        if ($path.StartsWith($text, [System.StringComparison]::OrdinalIgnoreCase)) {
            $end = if ($path.Length -gt $text.Length) { $path.IndexOf('/', $text.Length + [int] ($path[$text.Length] -eq '/')) } else { -1 }
            if ($end -gt 0 -and $known.Contains($path.Substring(0, $end))) { $next = $path.Substring(0, $end) }
        }
        if (-not $offered.Contains($next)) { $offered.Add($next) }
    }
    Complete-Word -Word $Word -Candidate $offered
}
