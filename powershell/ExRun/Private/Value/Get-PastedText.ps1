# What shows nothing and may stand around a text that was copied: zero-width characters, direction marks, a byte order
# mark. The library leaves out the same.
$script:PastedMarks = [char[]] @(0xAD, 0x61C, 0x180E; 0x200B..0x200F; 0x202A..0x202E; 0x2060..0x2064; 0x2066..0x206F; 0xFEFF)

function Get-PastedText {
    <#
    .SYNOPSIS
        A text without blanks and marks at its ends; of a path only the marks go, for a file may be called with blanks.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [AllowNull()] [string] $Text,
        [switch] $Path
    )

    if ($Path) { return $Text.Trim($script:PastedMarks) }
    for ($before = $null; $before -cne $Text; ) {
        $before = $Text
        $Text = $Text.Trim().Trim($script:PastedMarks)
    }
    return $Text
}
