# The settings that a report may have after its five columns.
$script:FurtherColumns = 'ExternalAudience', 'AutomaticReplyStart', 'AutomaticReplyStartTimeZone', 'AutomaticReplyEnd',
    'AutomaticReplyEndTimeZone', 'InternalReplyMessage', 'ExternalReplyMessage', 'DateFormat', 'TimeFormat', 'WorkingDays',
    'WorkingHoursStart', 'WorkingHoursEnd', 'WorkingHoursTimeZone', 'WorkingHoursTimeZoneBias', 'WorkingHoursDaylightBias',
    'DelegateMeetingMessageDeliveryOptions', 'UserPurpose', 'ArchiveFolder'

function Complete-Word {
    <#
    .SYNOPSIS
        What the Tab key offers for a word: the candidates that begin with it.
    #>
    [CmdletBinding()]
    [OutputType([System.Management.Automation.CompletionResult])]
    param(
        [AllowEmptyCollection()] [string[]] $Candidate,
        [string] $Word
    )

    $start = $Word.Trim('"', "'")
    foreach ($text in $Candidate) {
        if (-not $text.StartsWith($start, [System.StringComparison]::OrdinalIgnoreCase)) { continue }
        # Without quotes where it cannot be taken for anything but text.
        $quoted = if ($text -match '^\w[\w.-]*$') { $text } else { "'{0}'" -f $text.Replace("'", "''") }
        [System.Management.Automation.CompletionResult]::new($quoted, $text, 'ParameterValue', $text)
    }
}
