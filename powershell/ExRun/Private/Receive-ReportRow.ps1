function Receive-ReportRow {
    <#
    .SYNOPSIS
        Emits the rows of a report that are ready, each with its error record beside it.
    .DESCRIPTION
        Waits at most the time given for the first ones. With -ToEnd it goes on until the last row, in waits short
        enough for Ctrl+C.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Report,
        [int] $TimeoutMs,
        [switch] $ToEnd
    )

    while ($true) {
        # In a long run rows gather for a moment: fetching a few costs as much as fetching many.
        if ($TimeoutMs -gt 0 -and $Report.Delivered -ge 256) { [System.Threading.Thread]::Sleep(50) }
        $status, $batch = Wait-ReportBatch -Report $Report -TimeoutMs $TimeoutMs
        if ($null -ne $batch) {
            if ($batch.errors.Count -eq 0) { $batch.rows } else { Write-ReportBatch -Report $Report -Batch $batch }
            $Report.Delivered += $batch.rows.Count
            if (-not $ToEnd) { $TimeoutMs = 0 }
        }
        if ($status -eq 2 -or ($status -eq 1 -and -not $ToEnd)) { return }
    }
}
