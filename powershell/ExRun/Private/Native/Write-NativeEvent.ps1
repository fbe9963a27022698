function Write-NativeEvent {
    <#
    .SYNOPSIS
        Passes on what an operation or a stream has to tell: to the person who has to sign in, as a warning what must
        not be missed, and the rest to the verbose stream where that is shown.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true, ParameterSetName = 'Operation')] [long] $Operation,
        [Parameter(Mandatory = $true, ParameterSetName = 'Stream')] [long] $Stream
    )

    $native = Get-Native
    [System.IntPtr] $pointer = [System.IntPtr]::Zero
    [long] $length = 0
    [long] $errorHandle = 0
    if ($Operation -ne 0) {
        $status = $native::exrun_operation_events($Operation, [ref] $pointer, [ref] $length, [ref] $errorHandle)
    } else {
        $status = $native::exrun_stream_events($Stream, [ref] $pointer, [ref] $length, [ref] $errorHandle)
    }
    Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
    if ($length -eq 0) {
        [void] $native::exrun_bytes_free($pointer)
        return
    }
    $isVerbose = $VerbosePreference -ne 'SilentlyContinue' -and $VerbosePreference -ne 'Ignore'
    foreach ($line in (Read-NativeText -Pointer $pointer -Length $length) -split '\n') {
        # The library says how much each matters.
        if (-not $line -or -not ($isVerbose -or $line -match '^\{"event":"[^"]*","severity":"(prompt|warning)"')) { continue }
        $entry = Microsoft.PowerShell.Utility\ConvertFrom-Json -InputObject $line
        switch ($entry.severity) {
            'prompt' { Write-Told -Prompt $entry.message }
            'warning' { Write-Told -Warning $entry.message }
            default { Write-Verbose (Format-Event -Entry $entry) }
        }
    }
}
