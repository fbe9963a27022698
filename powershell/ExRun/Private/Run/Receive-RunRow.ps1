function Receive-RunRow {
    <#
    .SYNOPSIS
        Emits the rows of a run that are ready, each with its error record beside it.
    .DESCRIPTION
        Waits at most the time given for the first ones. With -ToEnd it goes on until the last row, in waits short
        enough for Ctrl+C. Without it a batch that is not full is the last for now: to ask for the few rows that have come
        meanwhile costs as much as to ask for a thousand a moment later.

        A break or continue of a command behind this one looks for a loop, and finds ours: the run ends then, and it
        goes on to the loop that it was meant for. Run.IsEmitting, still set, tells.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Run,
        [int] $TimeoutMs,
        [switch] $ToEnd
    )

    while ($true) {
        if ($Run.IsEmitting) {
            if (-not $Run.Leaving) { $Run.Leaving = 'continue' }
            break
        }
        $status, $batch = Wait-RunBatch -Run $Run -TimeoutMs $TimeoutMs
        if ($null -ne $batch) {
            $Run.IsEmitting = $true
            $Run.RowCount += $batch.rows.Count
            if ($batch.errors.Count -eq 0) { $batch.rows } else { Write-RunBatch -Run $Run -Batch $batch }
            $Run.IsEmitting = $false
            if (-not $ToEnd -and $batch.rows.Count -lt $script:MostRows) { return }
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
