function Push-RunInput {
    <#
    .SYNOPSIS
        Gives a run's buffered lines to the library and emits the rows that are ready. While the library takes
        nothing it waits for rows.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [psobject] $Run)

    if ($Run.Buffer.Length -eq 0 -and -not $Run.IsEmitting) { return }
    $bytes = [System.Text.Encoding]::UTF8.GetBytes($Run.Buffer.ToString())
    [void] $Run.Buffer.Clear()
    [long] $taken = 0
    [long] $errorHandle = 0
    while (-not $Run.IsEmitting) {
        $status = $Run.Native::exrun_stream_push($Run.Stream, $bytes, $bytes.Length, [ref] $taken, [ref] $errorHandle)
        if ($status -lt 0) { Stop-Run -Run $Run -Status $status -ErrorHandle $errorHandle }
        if ($taken -eq $bytes.Length) { break }
        if ($taken -gt 0) {
            $rest = [byte[]]::new($bytes.Length - $taken)
            [System.Array]::Copy($bytes, $taken, $rest, 0, $rest.Length)
            $bytes = $rest
        }
        Receive-RunRow -Run $Run -TimeoutMs 250
    }
    Receive-RunRow -Run $Run -TimeoutMs 0
}
