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

    $native = $Report.Native
    [System.IntPtr] $pointer = [System.IntPtr]::Zero
    [long] $length = 0
    [int] $count = 0
    [long] $errorHandle = 0
    while ($true) {
        $status = $native::exrun_stream_next($Report.Stream, $TimeoutMs, 0, [ref] $pointer, [ref] $length, [ref] $count, [ref] $errorHandle)
        if ($status -eq 0) {
            $clixml = Read-NativeText -Pointer $pointer -Length $length
            $batch = [System.Management.Automation.PSSerializer]::Deserialize($clixml)
            if ($batch.errors.Count -eq 0) { $batch.rows } else { Write-ReportBatch -Report $Report -Batch $batch }
            $Report.Delivered += $count
            if (-not $ToEnd) { $TimeoutMs = 0 }
        } elseif ($status -eq 3) {
            # Only this call stands in a try block: a row that is emitted inside one would change how errors of the
            # commands behind this one behave.
            $failure = $null
            try { Complete-Signature -Session $Report.Session } catch { $failure = New-ErrorRecord -Failure $_ }
            if ($null -ne $failure) { $Report.Cmdlet.ThrowTerminatingError($failure) }
        } elseif ($status -lt 0) {
            Stop-Report -Report $Report -Status $status -ErrorHandle $errorHandle
        }
        Write-NativeEvent -Stream $Report.Stream
        if ($Report.Clock.ElapsedMilliseconds -ge $Report.NextProgress) { Write-ReportProgress -Report $Report }
        if ($status -eq 2 -or ($status -eq 1 -and -not $ToEnd)) { return }
    }
}
