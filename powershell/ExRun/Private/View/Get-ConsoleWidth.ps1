function Get-ConsoleWidth {
    <#
    .SYNOPSIS
        How many characters a line of errors has on this console; more than any console has where they go to a file.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param([object] $Shell = $Host)

    # A host need not have a console.
    try { $width = $Shell.UI.RawUI.WindowSize.Width } catch { $width = 0 }
    # A line that is full begins a new one on some.
    if ($width -gt 40 -and -not [System.Console]::IsErrorRedirected) { return $width - 1 }
    return $script:LongestErrorLine
}
