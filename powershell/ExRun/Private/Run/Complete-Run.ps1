# A journal that is older than this was most likely meant for a run that is over, and not for this one.
$script:StaleJournalHours = 12

function Complete-Run {
    <#
    .SYNOPSIS
        Tells a run that there is no more input, emits the rows to the last one, and frees it.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Run)

    if ($Run.Waiting.Count -gt 0) { Add-RunInput -Run $Run }
    [long] $errorHandle = 0
    $status = $Run.Native::exrun_stream_finish_input($Run.Stream, [ref] $errorHandle)
    if ($status -lt 0) { Stop-Run -Run $Run -Status $status -ErrorHandle $errorHandle }
    Receive-RunRow -Run $Run -TimeoutMs 200 -ToEnd
    Close-Run -Run $Run -Outcome 'Completed'

    $counts = $Run.Counts
    # Where a line may name one thing of a mailbox, its mailbox comes as often as it has such things.
    if (-not $Run.OptionalInput -and $counts -match '"duplicates":([1-9]\d*)') {
        $Run.Cmdlet.WriteWarning(('{0} of the mailboxes had been given before: each time has a row of its own, and -Verbose names them' -f $Matches[1]))
    }
    if ($null -ne $Run.Journal -and $counts -match '"recalled":([1-9]\d*)') {
        $recalled = $Matches[1]
        $completed = if ($counts -match '"completed":(\d+)') { $Matches[1] }
        $Run.Cmdlet.WriteVerbose(('{0} of the {1} rows come from the journal {2}' -f $recalled, $completed, $Run.Journal.Path))
        if ($Run.StartedAt - $Run.Journal.WrittenAt -gt [timespan]::FromHours($script:StaleJournalHours)) {
            $Run.Cmdlet.WriteWarning(('{0} of the {1} rows come from the journal {2}, which was last written to on {3:g}: they say what was so then; name a new journal for a new run' -f
                    $recalled, $completed, $Run.Journal.Path, $Run.Journal.WrittenAt))
        }
    }
    Write-RunSummary -Run $Run
}
