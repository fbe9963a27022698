function Measure-RunFile {
    <#
    .SYNOPSIS
        How many lines of input a file of JSON Lines holds.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param(
        # A file of JSON Lines.
        [Parameter(Mandatory = $true)] [string] $Path
    )

    $number = 0
    foreach ($line in [System.IO.File]::ReadLines($Path)) {
        if ($line.Trim()) { $number++ }
    }
    return $number
}
