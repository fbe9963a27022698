function Read-SecureString {
    <#
    .SYNOPSIS
        The UTF-8 bytes of a SecureString. Whoever gets them clears them.
    #>
    [CmdletBinding()]
    [OutputType([byte[]])]
    param([Parameter(Mandatory = $true)] [securestring] $SecureString)

    $characters = [char[]]::new($SecureString.Length)
    $pointer = [System.Runtime.InteropServices.Marshal]::SecureStringToGlobalAllocUnicode($SecureString)
    try {
        [System.Runtime.InteropServices.Marshal]::Copy($pointer, $characters, 0, $characters.Length)
        return , [System.Text.Encoding]::UTF8.GetBytes($characters)
    } finally {
        [System.Runtime.InteropServices.Marshal]::ZeroFreeGlobalAllocUnicode($pointer)
        [System.Array]::Clear($characters, 0, $characters.Length)
    }
}
