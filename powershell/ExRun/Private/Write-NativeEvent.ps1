function Write-NativeEvent {
    <#
    .SYNOPSIS
        Writes what an operation or a stream has to tell to the verbose stream, where that is shown.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true, ParameterSetName = 'Operation')] [long] $Operation,
        [Parameter(Mandatory = $true, ParameterSetName = 'Stream')] [long] $Stream
    )

    if ($VerbosePreference -eq 'SilentlyContinue' -or $VerbosePreference -eq 'Ignore') { return }

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
    foreach ($line in (Read-NativeText -Pointer $pointer -Length $length) -split '\n') {
        if (-not $line) { continue }
        $entry = Microsoft.PowerShell.Utility\ConvertFrom-Json -InputObject $line
        Write-Verbose ('{0}: {1}' -f $entry.event, $entry.message)
    }
}
