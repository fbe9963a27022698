function Assert-NativeStatus {
    <#
    .SYNOPSIS
        Throws what the library reported when a status is negative.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [int] $Status,
        # The error handle that came with it; it is freed here.
        [Parameter(Mandatory = $true)] [long] $ErrorHandle
    )

    if ($Status -ge 0) { return }

    $native = Get-Native
    [System.IntPtr] $pointer = [System.IntPtr]::Zero
    [long] $length = 0
    if ($ErrorHandle -ne 0 -and $native::exrun_error_json($ErrorHandle, [ref] $pointer, [ref] $length) -eq 0) {
        $json = Read-NativeText -Pointer $pointer -Length $length
        [void] $native::exrun_error_free($ErrorHandle)
        Stop-Attempt (New-ExRunException -NativeError (Microsoft.PowerShell.Utility\ConvertFrom-Json -InputObject $json))
    }
    Stop-Attempt (New-ExRunException -Name 'Internal' -Message "the native library answered status $Status without saying why; please report it")
}
