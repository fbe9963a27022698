# Files by the parameters that take them, with the endings that they usually have.
$script:FileEndings = @{ Journal = '.db'; Destination = '.db'; Restore = '.jsonl'; Plan = '.jsonl' }

# The settings that a report may have after its five columns.
$script:FurtherColumns = 'ExternalAudience', 'AutomaticReplyStart', 'AutomaticReplyStartTimeZone', 'AutomaticReplyEnd',
    'AutomaticReplyEndTimeZone', 'InternalReplyMessage', 'ExternalReplyMessage', 'DateFormat', 'TimeFormat', 'WorkingDays',
    'WorkingHoursStart', 'WorkingHoursEnd', 'WorkingHoursTimeZone', 'WorkingHoursTimeZoneBias', 'WorkingHoursDaylightBias',
    'DelegateMeetingMessageDeliveryOptions', 'UserPurpose', 'ArchiveFolder'

# What the rows of reports on parts of mailboxes have, by their commands.
$script:ItemColumns = @{
    'Find-ExRunMessage' = 'Folder', 'Subject', 'From', 'FromName', 'Received', 'InternetMessageId', 'Size', 'HasAttachments', 'Attachments', 'MessageId', 'ItemCount', 'Item'
    'Get-ExRunCalendarPermission' = 'Calendar', 'Name', 'Address', 'Role', 'IsExternal', 'IsRemovable', 'AllowedRoles', 'PermissionId', 'ItemCount', 'Item'
    'Get-ExRunCategory' = 'Name', 'Color', 'ColorName', 'CategoryId', 'ItemCount', 'Item'
    'Get-ExRunContact' = 'Folder', 'Name', 'Address', 'OtherAddresses', 'CompanyName', 'Department', 'JobTitle', 'BusinessPhones', 'MobilePhone', 'Categories', 'ContactId', 'ItemCount', 'Item'
    'Get-ExRunMailboxDelta' = 'Change', 'ReadAnew', 'Reason', 'Folder', 'Subject', 'From', 'FromName', 'Received', 'InternetMessageId', 'HasAttachments', 'IsRead', 'MessageId', 'FolderId', 'Start', 'End', 'TimeZone', 'IsAllDay', 'IsCancelled', 'ShowAs', 'Organizer', 'Location', 'EventId', 'Name', 'Address', 'OtherAddresses', 'CompanyName', 'Department', 'JobTitle', 'BusinessPhones', 'MobilePhone', 'Categories', 'ContactId', 'ItemCount', 'Item'
    'Get-ExRunMailFolder' = 'Path', 'Name', 'Items', 'Unread', 'SizeInBytes', 'ChildFolders', 'IsHidden', 'OldestItem', 'FolderId', 'ItemCount', 'Item'
    'Get-ExRunRoomUse' = 'From', 'To', 'Meetings', 'HoursBooked', 'LongestHours', 'AllDay', 'Organizers', 'Cancelled', 'DeclinedByAll', 'NoShowHours', 'ItemCount'
    'Get-ExRunInboxRule' = 'Name', 'Sequence', 'IsEnabled', 'Conditions', 'Exceptions', 'Actions', 'ForwardTo', 'IsExternal', 'ExternalTo', 'HasError', 'IsReadOnly', 'RuleId', 'ItemCount', 'Item'
}

function Complete-Argument {
    <#
    .SYNOPSIS
        What the Tab key offers for a parameter of a command: nothing where nothing is known.
    .DESCRIPTION
        It knows what is known here: lists, connections of this process, names of files. It asks no service, signs in
        nowhere and never fails.
    #>
    [CmdletBinding()]
    [OutputType([System.Management.Automation.CompletionResult])]
    param(
        [string] $Command,
        [Parameter(Mandatory = $true)] [string] $Parameter,
        [AllowNull()] [AllowEmptyString()] [string] $Word,
        # The other parameters, as far as they were typed.
        [AllowNull()] [System.Collections.IDictionary] $Bound
    )

    $attempt = Invoke-Attempt {
        $kind = $Parameter
        if ($Parameter -eq 'Path') {
            $kind = if ($Command -eq 'Merge-ExRunJournal') { 'Journal' } elseif ($Command -in 'Invoke-ExRunPlan', 'Test-ExRunAudit') { 'Plan' } else { 'GraphPath' }
        }
        # Of a vault's objects nothing is known here.
        if ($Parameter -eq 'Name') { $kind = if ($Command -in 'Connect-ExRun', 'Disconnect-ExRun', 'Get-ExRunContext') { 'Connection' } else { '' } }
        if ($script:FileEndings.ContainsKey($kind)) { return Complete-File -Word $Word -Ending $script:FileEndings[$kind] }
        switch ($kind) {
            'Connection' { Complete-Word -Word $Word -Candidate @((Get-VisibleConnection).Keys | Microsoft.PowerShell.Utility\Sort-Object) }
            'GraphPath' { Complete-GraphPath -Word $Word -Method ([string] $Bound['Method']) }
            'Select' { Complete-Word -Word $Word -Candidate (Get-GraphMember -Path ([string] $Bound['Path'])) }
            'Property' { Complete-Word -Word $Word -Candidate $(if ($script:ItemColumns.Contains($Command)) { $script:ItemColumns[$Command] } else { $script:FurtherColumns }) }
            { $_ -in 'TimeZone', 'WorkingHoursTimeZone' } { Complete-Word -Word $Word -Candidate (Get-TimeZoneName) -Tip (Get-TimeZoneTip) }
            'Locale' { Complete-Word -Word $Word -Candidate (Get-LocaleName) -Tip (Get-LocaleTip) }
        }
    }
    # A null among the results is more than the engine bears.
    if ($null -ne $attempt.Value) { return $attempt.Value }
}
