function Read-NativeBytes {
    <#
    .SYNOPSIS
        Copies bytes that the library returned, and gives them back to it. The library wipes secret ones.
    #>
    [CmdletBinding()]
    [OutputType([byte[]])]
    param(
        [Parameter(Mandatory = $true)] [System.IntPtr] $Pointer,
        [Parameter(Mandatory = $true)] [long] $Length
    )

    $bytes = [byte[]]::new($Length)
    if ($Pointer -ne [System.IntPtr]::Zero) {
        [System.Runtime.InteropServices.Marshal]::Copy($Pointer, $bytes, 0, $bytes.Length)
        [void] (Get-Native)::exrun_bytes_free($Pointer)
    }
    return , $bytes
}
