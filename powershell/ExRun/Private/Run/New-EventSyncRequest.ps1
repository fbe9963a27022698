function New-EventSyncRequest {
    <#
    .SYNOPSIS
        What Open-Run needs for a run that compares calendars with a list, from the bound parameters of Sync-ExRunEvent; ends
        the command where they do not fit together.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCmdlet] $Cmdlet,
        # The command's bound parameters.
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Bound
    )

    Invoke-Guarded -Cmdlet $Cmdlet -Do {
        $members = @{ name = $Bound['Name'] }
        if ($Bound.ContainsKey('Events') -eq $Bound.ContainsKey('IcsFile')) {
            Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message 'give the events as -Events, a file or objects, or as -IcsFile')
        }
        if ($Bound['IcsFile']) {
            if ($Bound['KeyProperty']) {
                Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message '-KeyProperty does not go with -IcsFile: events are known by their UIDs')
            }
            $members['icsFile'] = Resolve-ExistingFile -Cmdlet $Cmdlet -Path $Bound['IcsFile']
        } else {
            if ($Bound['Until']) {
                Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message '-Until goes with -IcsFile alone: nothing in a list repeats')
            }
            Add-SyncList -Cmdlet $Cmdlet -Member $members -Name 'events' -List $Bound['Events']
        }
        $texts = @{ KeyProperty = 'keyColumn'; TimeZone = 'timeZone'; ShowAs = 'showAs' }
        foreach ($name in $texts.Keys) { if ($Bound[$name]) { $members[$texts[$name]] = $Bound[$name] } }
        if ($Bound.ContainsKey('ReminderMinutes')) { $members['reminderMinutes'] = $Bound['ReminderMinutes'] }
        if ($Bound['Category']) { $members['categories'] = @($Bound['Category']) }
        if ($Bound['Private']) { $members['private'] = $true }
        if ($Bound['AllowEmpty']) { $members['allowEmpty'] = $true }
        if ($Bound['Until']) { $members['until'] = $Bound['Until'].ToString('yyyy-MM-dd', [System.Globalization.CultureInfo]::InvariantCulture) }
        return @{
            Function = 'exrun_event_sync_plan'
            Members  = $members
            Activity = 'Comparing calendars'
        }
    }
}
