function New-NativeSecret {
    <#
    .SYNOPSIS
        Hands a secret to the library and returns the handle that a request may name. The caller frees it.
    .DESCRIPTION
        A SecureString goes over as bytes, never as a managed string, and the bytes are cleared.
    #>
    [CmdletBinding()]
    [OutputType([long])]
    param(
        # A SecureString, or bytes, which are cleared.
        [Parameter(Mandatory = $true)] [object] $Secret
    )

    $native = Get-Native
    [long] $handle = 0
    [long] $errorHandle = 0
    # Two statements: an if that is assigned would copy the bytes, and the copy would stay behind.
    if ($Secret -is [securestring]) { $bytes = Read-SecureString -SecureString $Secret } else { $bytes = $Secret }
    try {
        $status = $native::exrun_secret_new($bytes, $bytes.Length, [ref] $handle, [ref] $errorHandle)
    } finally {
        [System.Array]::Clear($bytes, 0, $bytes.Length)
    }
    Assert-NativeStatus -Status $status -ErrorHandle $errorHandle
    return $handle
}
