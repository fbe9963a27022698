function ConvertFrom-JsonText {
    <#
    .SYNOPSIS
        What JSON text of a parameter holds, read by the library, which reads the request that it becomes part of.
        Throws what is wrong with it.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text,
        # What begins the error, such as "the body is".
        [Parameter(Mandatory = $true)] [string] $Subject,
        # What could be done about it.
        [Parameter(Mandatory = $true)] [string] $Advice
    )

    $native = Get-Native
    [System.IntPtr] $pointer = [System.IntPtr]::Zero
    [long] $length = 0
    [long] $errorHandle = 0
    $bytes = ConvertTo-NativeRequest -Request @{ text = $Text; format = 'clixml' }
    $status = $native::exrun_json_read($bytes, $bytes.Length, [ref] $pointer, [ref] $length, [ref] $errorHandle)
    $attempt = Invoke-Attempt { Assert-NativeStatus -Status $status -ErrorHandle $errorHandle }
    if ($null -ne $attempt.Failure) {
        Stop-Attempt (New-ExRunException -Name 'InvalidArgument' -Message ('{0} text, and not JSON: {1}; {2}' -f $Subject, $attempt.Failure.Message, $Advice))
    }
    return , [System.Management.Automation.PSSerializer]::Deserialize((Read-NativeText -Pointer $pointer -Length $length))
}
