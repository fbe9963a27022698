function Read-SecretToken {
    <#
    .SYNOPSIS
        Headers, claims and signature text of a token that the library holds as a secret. The handle stays.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [long] $Secret)

    $native = Get-Native
    [System.IntPtr] $pointer = [System.IntPtr]::Zero
    [long] $length = 0
    [long] $errorHandle = 0
    $bytes = ConvertTo-NativeRequest -Request @{ tokenSecret = $Secret; format = 'clixml' }
    $status = $native::exrun_token_decode($bytes, $bytes.Length, [ref] $pointer, [ref] $length, [ref] $errorHandle)
    Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
    $clixml = Read-NativeText -Pointer $pointer -Length $length
    return [System.Management.Automation.PSSerializer]::Deserialize($clixml)
}
