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

    $native = $Run.Native
    [System.IntPtr] $pointer = [System.IntPtr]::Zero
    [long] $length = 0
    [int] $count = 0
    [long] $errorHandle = 0
    $batch = $null
    $failure = $null
    $isComplete = $false
    try {
        $status = $native::exrun_stream_next($Run.Stream, $TimeoutMs, 1024, [ref] $pointer, [ref] $length, [ref] $count, [ref] $errorHandle)
        if ($status -eq 0) {
            $batch = Read-RowBlock -Block (Read-NativeBytes -Pointer $pointer -Length $length)
        }
        Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
        if ($status -eq 3) { Complete-Signature -Session $Run.Session }
        Write-NativeEvent -Stream $Run.Stream
        if ($Run.Clock.ElapsedMilliseconds -ge $Run.NextProgress) { Write-RunProgress -Run $Run }
        $isComplete = $true
    } catch {
        $failure = New-ErrorRecord -Cmdlet $Run.Cmdlet -Failure $_
    } finally {
        if (-not $isComplete) { Close-Run -Run $Run -Outcome $(if ($null -ne $failure) { 'Failed' } else { 'Stopped' }) }
    }
    if ($null -ne $failure) { $Run.Cmdlet.ThrowTerminatingError($failure) }
    return $status, $batch
}
