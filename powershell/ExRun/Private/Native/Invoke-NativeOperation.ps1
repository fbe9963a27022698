function Invoke-NativeOperation {
    <#
    .SYNOPSIS
        Starts an operation of the library, waits for it in short steps, and returns its result.
    .DESCRIPTION
        A wait is short so that Ctrl+C works at any time. Signature requests are answered with the session's
        certificate meanwhile. Throws what the library reports.
    #>
    [CmdletBinding()]
    param(
        # The function that starts it.
        [Parameter(Mandatory = $true)] [string] $Function,
        [Parameter(Mandatory = $true)] [hashtable] $Request,
        # Whose work it is; none for what needs no client.
        [psobject] $Session
    )

    $native = Get-Native
    $bytes = ConvertTo-NativeRequest -Request (@{ format = 'clixml' } + $Request)
    [long] $operation = 0
    [long] $errorHandle = 0
    if ($null -ne $Session) {
        $status = $native::$Function($Session.Client, $bytes, $bytes.Length, [ref] $operation, [ref] $errorHandle)
    } else {
        $status = $native::$Function($bytes, $bytes.Length, [ref] $operation, [ref] $errorHandle)
    }
    Assert-NativeStatus -Status $status -ErrorHandle $errorHandle

    [System.IntPtr] $pointer = [System.IntPtr]::Zero
    [long] $length = 0
    try {
        do {
            $status = $native::exrun_operation_wait($operation, 200, [ref] $errorHandle)
            Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
            if ($status -eq 3) { Complete-Signature -Session $Session }
            Write-NativeEvent -Operation $operation
        } while ($status -ne 0)
        $status = $native::exrun_operation_take($operation, [ref] $pointer, [ref] $length, [ref] $errorHandle)
        Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
    } finally {
        [void] $native::exrun_operation_free($operation)
    }
    $clixml = Read-NativeText -Pointer $pointer -Length $length
    return [System.Management.Automation.PSSerializer]::Deserialize($clixml)
}
