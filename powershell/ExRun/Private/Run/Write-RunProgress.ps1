function Write-RunProgress {
    <#
    .SYNOPSIS
        Shows how far a run is, at most five times a second; with -Completed takes it away again.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Run,
        [switch] $Completed
    )

    if ($Completed) {
        if ($Run.HasProgress) { Write-Progress -Activity $Run.Activity -Completed }
        $Run.HasProgress = $false
        return
    }

    $Run.NextProgress = $Run.Clock.ElapsedMilliseconds + 200
    [System.IntPtr] $pointer = [System.IntPtr]::Zero
    [long] $length = 0
    [long] $errorHandle = 0
    $status = $Run.Native::exrun_stream_progress($Run.Stream, [ref] $pointer, [ref] $length, [ref] $errorHandle)
    Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
    $json = Read-NativeText -Pointer $pointer -Length $length
    $state = Microsoft.PowerShell.Utility\ConvertFrom-Json -InputObject $json
    $progress = @{ Activity = $Run.Activity; PercentComplete = -1 }
    if ($null -ne $Run.StatusText) {
        $progress['Status'] = & $Run.StatusText $state
    } else {
        $rate = Get-RunRate -State $state
        $progress['Status'] = Format-RunStatus -State $state -Rate $rate -Count $Run.ProgressCount
        if ($state.inputFinished -and -not $state.listing -and $state.pushed -gt 0) {
            $progress['PercentComplete'] = [int] [Math]::Min(100, [Math]::Floor(100 * $state.completed / $state.pushed))
            # Beyond a day it would be a guess.
            if ($rate -gt 0) { $progress['SecondsRemaining'] = [int] [Math]::Min(86400, ($state.pushed - $state.completed) / $rate) }
        }
    }
    $Run.ProgressCount++
    Write-Progress @progress
    $Run.HasProgress = $true
}
