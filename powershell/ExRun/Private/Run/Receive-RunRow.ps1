function Receive-RunRow {
    <#
    .SYNOPSIS
        Emits the rows of a run that are ready, each with its error record beside it.
    .DESCRIPTION
        Waits at most the time given for the first ones. With -ToEnd it goes on until the last row, in waits short
        enough for Ctrl+C.

        A break or continue of a command behind this one looks for a loop, and finds ours: the run ends then, and it
        goes on to the loop that it was meant for. Run.IsEmitting, still set, tells.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Run,
        [int] $TimeoutMs,
        [switch] $ToEnd
    )

    $isFew = $true
    while ($true) {
        if ($Run.IsEmitting) {
            if (-not $Run.Leaving) { $Run.Leaving = 'continue' }
            break
        }
        # In a long run rows gather for a moment: fetching a few costs as much as fetching many. Where many are
        # there, this side is the slower one, and waiting would only hold it up.
        $gatherMs = if ($TimeoutMs -gt 0 -and $isFew -and $Run.Delivered -ge 256) { $Run.GatherMs } else { 0 }
        $status, $batch = Wait-RunBatch -Run $Run -TimeoutMs $TimeoutMs -GatherMs $gatherMs
        if ($null -ne $batch) {
            $Run.IsEmitting = $true
            if ($batch.errors.Count -eq 0) { $batch.rows } else { Write-RunBatch -Run $Run -Batch $batch }
            $Run.IsEmitting = $false
            $Run.Delivered += $batch.rows.Count
            $isFew = $batch.rows.Count -lt 128
            if (-not $ToEnd) { $TimeoutMs = 0 }
        }
        if ($status -eq 2) { Write-RunProgress -Run $Run -Completed }
        if ($status -eq 2 -or ($status -eq 1 -and -not $ToEnd)) { return }
    }
    if (-not $Run.Leaving) { $Run.Leaving = 'break' }
    Close-Run -Run $Run
    if ($Run.Leaving -eq 'continue') { continue }
    break
}
