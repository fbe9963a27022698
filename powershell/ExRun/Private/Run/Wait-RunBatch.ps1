# So many rows are asked for at a time, the most that the library gives: each call costs as much as some hundred of them.
$script:MostRows = 4096

function Wait-RunBatch {
    <#
    .SYNOPSIS
        Waits a moment for rows of a run: returns the library's status, and the batch where there is one.
    .DESCRIPTION
        Signature requests are answered, progress and events shown. Everything of a run that takes time happens
        here, so that Ctrl+C comes upon the block that frees it.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Run,
        [Parameter(Mandatory = $true)] [int] $TimeoutMs
    )

    $ready = @{ Status = -1; Batch = $null }
    $attempt = $null
    try {
        $attempt = Invoke-Attempt -Teller $Run.Cmdlet -Do {
            $native = $Run.Native
            [System.IntPtr] $pointer = [System.IntPtr]::Zero
            [long] $length = 0
            [int] $count = 0
            [long] $errorHandle = 0
            $ready.Status = $native::exrun_stream_next($Run.Stream, $TimeoutMs, $script:MostRows, [ref] $pointer, [ref] $length, [ref] $count, [ref] $errorHandle)
            if ($ready.Status -eq 0) { $ready.Batch = Read-RowBlock -Block (Read-NativeBytes -Pointer $pointer -Length $length) }
            if ($null -ne $ready.Batch -and $Run.View) { Add-View -InputObject $ready.Batch.rows -Name $Run.View }
            Assert-NativeStatus -Status $ready.Status -ErrorHandle $errorHandle
            if ($ready.Status -eq 3) { Complete-Signature -Session $Run.Session }
            $VerbosePreference = $Run.Preferences.Verbose
            Write-NativeEvent -Stream $Run.Stream
            if ($Run.Clock.ElapsedMilliseconds -ge $Run.NextProgress) { Write-RunProgress -Run $Run }
        }
    } finally {
        # Also where it is stopped meanwhile.
        if ($null -eq $attempt -or $null -ne $attempt.Failure) { Close-Run -Run $Run -Outcome $(if ($null -ne $attempt) { 'Failed' } else { 'Stopped' }) }
    }
    if ($null -ne $attempt.Failure) { Write-RunSummary -Run $Run }
    if ($null -ne $attempt.Failure) { $Run.Cmdlet.ThrowTerminatingError((New-ErrorRecord -Cmdlet $Run.Cmdlet -Failure $attempt.Record)) }
    return $ready.Status, $ready.Batch
}
