function Read-NativeText {
    <#
    .SYNOPSIS
        Text that the library returned.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [System.IntPtr] $Pointer,
        [Parameter(Mandatory = $true)] [long] $Length
    )

    return [System.Text.Encoding]::UTF8.GetString((Read-NativeBytes -Pointer $Pointer -Length $Length))
}
