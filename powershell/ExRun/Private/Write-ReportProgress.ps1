function Write-ReportProgress {
    <#
    .SYNOPSIS
        Shows how far a report is, at most five times a second; with -Completed takes it away again.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Report,
        [switch] $Completed
    )

    $activity = 'Reading mailbox settings'
    if ($Completed) {
        if ($Report.HasProgress) { Write-Progress -Activity $activity -Completed }
        return
    }

    $Report.NextProgress = $Report.Clock.ElapsedMilliseconds + 200
    [System.IntPtr] $pointer = [System.IntPtr]::Zero
    [long] $length = 0
    [long] $errorHandle = 0
    $status = $Report.Native::exrun_stream_progress($Report.Stream, [ref] $pointer, [ref] $length, [ref] $errorHandle)
    Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
    $json = Read-NativeText -Pointer $pointer -Length $length
    $state = Microsoft.PowerShell.Utility\ConvertFrom-Json -InputObject $json
    $progress = @{
        Activity        = $activity
        Status          = '{0} of {1} mailboxes, {2} failed' -f $state.completed, $state.pushed, $state.failed
        PercentComplete = -1
    }
    if ($state.inputFinished -and $state.pushed -gt 0) {
        $progress['PercentComplete'] = [int] [Math]::Floor(100 * $state.completed / $state.pushed)
    }
    if ($state.throttled -gt 0) { $progress['CurrentOperation'] = '{0} answers asked to wait' -f $state.throttled }
    Write-Progress @progress
    $Report.HasProgress = $true
}
