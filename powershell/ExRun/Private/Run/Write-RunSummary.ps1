# Of a single failure its error says all.
$script:LeastSummed = 2

function Write-RunSummary {
    <#
    .SYNOPSIS
        Says in the end what a run did: how many mailboxes failed, why, and where they are listed, as one warning; all
        sums as an information record.
    .DESCRIPTION
        The warning is for who sees the errors: where those are silenced it is left out, but for a run that lists what
        failed. A list that was asked for and could not be written is an error of the command.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Run)

    if (-not $Run.OverMailboxes -or -not $Run.Counts) { return }
    $of = @{}
    foreach ($name in 'completed', 'failed', 'requests', 'retries', 'throttled', 'elapsedMs') {
        $of[$name] = if ($Run.Counts -match ('"{0}":(\d+)' -f $name)) { [long] $Matches[1] } else { 0 }
    }
    $duration = Format-Duration -Duration ([timespan]::FromMilliseconds($of['elapsedMs']))
    Write-RunInformation -Run $Run -Text ('{0} ended after {1}: {2:N0} mailboxes, {3:N0} succeeded, {4:N0} failed; {5:N0} requests; {6:N0} tries repeated, {7:N0} throttled' -f
        $Run.Activity, $duration, $of['completed'], ($of['completed'] - $of['failed']), $of['failed'], $of['requests'], $of['retries'], $of['throttled'])

    $file = $Run.Files['FailedFile']
    if ($of['failed'] -eq 0 -and -not $file) { return }
    $counts = Microsoft.PowerShell.Utility\ConvertFrom-Json -InputObject $Run.Counts
    $listed = if ($file) { $counts.failedFile }
    $isSilent = $ErrorActionPreference -eq 'SilentlyContinue' -or $ErrorActionPreference -eq 'Ignore'
    if ($of['failed'] -gt 0 -and ($file -or ($of['failed'] -ge $script:LeastSummed -and -not $isSilent))) {
        $where = 'with -FailedFile they are listed'
        if ($Run.Files['Journal']) { $where = '-RetryFailed with the same journal asks again for them' }
        if ($file) { $where = if ($listed.written) { 'they are listed in {0}' -f $file } else { 'they are not listed' } }
        $WarningPreference = $Run.Preferences.Warning
        $Run.Cmdlet.WriteWarning(('{0:N0} of {1:N0} mailboxes failed: {2}; {3}' -f $of['failed'], $of['completed'], (@(Format-Cause -Outcomes $counts.outcomes) -join ', '), $where))
    }
    if ($null -ne $listed -and $null -ne $listed.error) { $Run.Cmdlet.WriteError((New-ErrorRecord -Cmdlet $Run.Cmdlet -Failure $listed.error)) }
}
