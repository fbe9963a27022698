function New-SecureStringFromSecret {
    <#
    .SYNOPSIS
        A SecureString with the text of a secret of the library. The handle is freed.
    #>
    [CmdletBinding()]
    [OutputType([securestring])]
    param([Parameter(Mandatory = $true)] [long] $Secret)

    $native = Get-Native
    [System.IntPtr] $pointer = [System.IntPtr]::Zero
    [long] $length = 0
    [long] $errorHandle = 0
    $status = $native::exrun_secret_read($Secret, [ref] $pointer, [ref] $length, [ref] $errorHandle)
    [void] $native::exrun_secret_free($Secret)
    Assert-NativeStatus -Status $status -ErrorHandle $errorHandle

    $bytes = Read-NativeBytes -Pointer $pointer -Length $length
    $characters = [System.Text.Encoding]::UTF8.GetChars($bytes)
    $secure = [securestring]::new()
    try {
        foreach ($character in $characters) { $secure.AppendChar($character) }
    } finally {
        [System.Array]::Clear($bytes, 0, $bytes.Length)
        [System.Array]::Clear($characters, 0, $characters.Length)
    }
    $secure.MakeReadOnly()
    return $secure
}
