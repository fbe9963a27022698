function Complete-Report {
    <#
    .SYNOPSIS
        Tells a report that there is no more input, emits the rows to the last one, and frees it.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Report)

    if ($Report.Waiting.Count -gt 0) { Add-ReportInput -Report $Report }
    [long] $errorHandle = 0
    $status = $Report.Native::exrun_stream_finish_input($Report.Stream, [ref] $errorHandle)
    if ($status -lt 0) { Stop-Report -Report $Report -Status $status -ErrorHandle $errorHandle }
    Receive-ReportRow -Report $Report -TimeoutMs 200 -ToEnd
    Write-ReportProgress -Report $Report -Completed
    Close-Report -Report $Report
}
