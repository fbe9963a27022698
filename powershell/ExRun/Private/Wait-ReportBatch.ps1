function Wait-ReportBatch {
    <#
    .SYNOPSIS
        Waits a moment for rows of a report: returns the library's status, and the batch where there is one.
    .DESCRIPTION
        Signature requests are answered, progress and events shown. Everything of a report that takes time happens
        here, so that Ctrl+C comes upon the block that frees it.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Report,
        [Parameter(Mandatory = $true)] [int] $TimeoutMs
    )

    $native = $Report.Native
    [System.IntPtr] $pointer = [System.IntPtr]::Zero
    [long] $length = 0
    [int] $count = 0
    [long] $errorHandle = 0
    $batch = $null
    $failure = $null
    $isComplete = $false
    try {
        $status = $native::exrun_stream_next($Report.Stream, $TimeoutMs, 1024, [ref] $pointer, [ref] $length, [ref] $count, [ref] $errorHandle)
        if ($status -eq 0) {
            $clixml = Read-NativeText -Pointer $pointer -Length $length
            $batch = [System.Management.Automation.PSSerializer]::Deserialize($clixml)
        }
        Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
        if ($status -eq 3) { Complete-Signature -Session $Report.Session }
        Write-NativeEvent -Stream $Report.Stream
        if ($Report.Clock.ElapsedMilliseconds -ge $Report.NextProgress) { Write-ReportProgress -Report $Report }
        $isComplete = $true
    } catch {
        $failure = New-ErrorRecord -Cmdlet $Report.Cmdlet -Failure $_
    } finally {
        if (-not $isComplete) { Close-Report -Report $Report }
    }
    if ($null -ne $failure) { $Report.Cmdlet.ThrowTerminatingError($failure) }
    return $status, $batch
}
