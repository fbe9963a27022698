function Join-MailboxSetting {
    <#
    .SYNOPSIS
        The settings that a command was given, by their names in Microsoft Graph: those of -Settings, and over them
        those of the parameters that stand for one setting each.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound,
        # What -Settings gives: a hashtable, an object, or JSON text.
        [AllowNull()] [object] $Settings
    )

    # Where each parameter's value goes.
    $places = @{
        TimeZone                              = 'timeZone'
        Locale                                = 'language', 'locale'
        DateFormat                            = 'dateFormat'
        TimeFormat                            = 'timeFormat'
        WorkingDays                           = 'workingHours', 'daysOfWeek'
        WorkingHoursStart                     = 'workingHours', 'startTime'
        WorkingHoursEnd                       = 'workingHours', 'endTime'
        WorkingHoursTimeZone                  = 'workingHours', 'timeZone', 'name'
        AutomaticReplyStatus                  = 'automaticRepliesSetting', 'status'
        AutomaticReplyStart                   = 'automaticRepliesSetting', 'scheduledStartDateTime'
        AutomaticReplyEnd                     = 'automaticRepliesSetting', 'scheduledEndDateTime'
        ExternalAudience                      = 'automaticRepliesSetting', 'externalAudience'
        InternalReplyMessage                  = 'automaticRepliesSetting', 'internalReplyMessage'
        ExternalReplyMessage                  = 'automaticRepliesSetting', 'externalReplyMessage'
        DelegateMeetingMessageDeliveryOptions = 'delegateMeetingMessageDeliveryOptions'
    }
    if ($Settings -is [string]) {
        $Settings = ConvertFrom-JsonText -Text $Settings -Subject 'the settings are' -Advice 'give an object or a hashtable'
    }
    $joined = Copy-Member -InputObject $Settings
    foreach ($parameter in $places.Keys) {
        if (-not $Bound.ContainsKey($parameter)) { continue }
        $value = $Bound[$parameter]
        if ($value -is [datetime]) {
            $value = @{ dateTime = $value.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss', [cultureinfo]::InvariantCulture); timeZone = 'UTC' }
        }
        $within = $joined
        $place = @($places[$parameter])
        for ($level = 0; $level -lt $place.Count - 1; $level++) {
            if (-not $within.ContainsKey($place[$level])) { $within[$place[$level]] = @{} }
            $within = $within[$place[$level]]
        }
        $within[$place[-1]] = $value
    }
    return $joined
}
