function Format-Line {
    <#
    .SYNOPSIS
        Names with their texts as lines, the texts below each other. Of a name with several texts the others stand below
        the first.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyCollection()] [object[]] $Entry)

    $width = 0
    foreach ($one in $Entry) { $width = [Math]::Max($width, $one.Name.Length) }
    $lines = foreach ($one in $Entry) {
        $head = $one.Name.PadRight($width) + ' : '
        foreach ($text in @($one.Text)) {
            ($head + $text).TrimEnd()
            $head = ' ' * $head.Length
        }
    }
    return @($lines) -join "`n"
}
