function ConvertTo-Certificate {
    <#
    .SYNOPSIS
        An X509Certificate2 with its private key from a secret of the library that holds a PFX without a password.
        The secret is freed, and the bytes are cleared.
    #>
    [CmdletBinding()]
    [OutputType([System.Security.Cryptography.X509Certificates.X509Certificate2])]
    param(
        [Parameter(Mandatory = $true)] [long] $Secret,
        [System.Security.Cryptography.X509Certificates.X509KeyStorageFlags] $KeyStorageFlags = 'DefaultKeySet'
    )

    $native = Get-Native
    [System.IntPtr] $pointer = [System.IntPtr]::Zero
    [long] $length = 0
    [long] $errorHandle = 0
    $status = $native::exrun_secret_read($Secret, [ref] $pointer, [ref] $length, [ref] $errorHandle)
    [void] $native::exrun_secret_free($Secret)
    Assert-NativeStatus -Status $status -ErrorHandle $errorHandle

    $bytes = Read-NativeBytes -Pointer $pointer -Length $length
    try {
        return [System.Security.Cryptography.X509Certificates.X509Certificate2]::new($bytes, [string]::Empty, $KeyStorageFlags)
    } finally {
        [System.Array]::Clear($bytes, 0, $bytes.Length)
    }
}
