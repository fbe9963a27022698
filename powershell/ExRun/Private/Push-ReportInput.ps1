function Push-ReportInput {
    <#
    .SYNOPSIS
        Gives a report's buffered lines to the library and emits the rows that are ready. While the library takes
        nothing it waits for rows.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Report)

    if ($Report.Buffer.Length -eq 0) { return }
    $bytes = [System.Text.Encoding]::UTF8.GetBytes($Report.Buffer.ToString())
    [void] $Report.Buffer.Clear()
    [long] $taken = 0
    [long] $errorHandle = 0
    while ($true) {
        $status = $Report.Native::exrun_stream_push($Report.Stream, $bytes, $bytes.Length, [ref] $taken, [ref] $errorHandle)
        if ($status -lt 0) { Stop-Report -Report $Report -Status $status -ErrorHandle $errorHandle }
        if ($taken -eq $bytes.Length) { break }
        if ($taken -gt 0) {
            $rest = [byte[]]::new($bytes.Length - $taken)
            [System.Array]::Copy($bytes, $taken, $rest, 0, $rest.Length)
            $bytes = $rest
        }
        Receive-ReportRow -Report $Report -TimeoutMs 250
    }
    Receive-ReportRow -Report $Report -TimeoutMs 0
}
