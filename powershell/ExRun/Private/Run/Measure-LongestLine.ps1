function Measure-LongestLine {
    <#
    .SYNOPSIS
        How many bytes the longest line of a file has; no line is read on that is longer than Most.
    #>
    [CmdletBinding()]
    [OutputType([long])]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [Parameter(Mandatory = $true)] [long] $Most
    )

    $longest = [long] 0
    $length = [long] 0
    $portion = [byte[]]::new(65536)
    $file = [System.IO.File]::OpenRead($Path)
    try {
        while (($read = $file.Read($portion, 0, $portion.Length)) -gt 0) {
            $start = 0
            # A line feed; in UTF-16 it is a byte of one.
            while (($end = [System.Array]::IndexOf($portion, [byte] 10, $start, $read - $start)) -ge 0) {
                $longest = [System.Math]::Max($longest, $length + $end - $start)
                $length = 0
                $start = $end + 1
            }
            $length += $read - $start
            $longest = [System.Math]::Max($longest, $length)
            if ($longest -gt $Most) { break }
        }
    } finally {
        $file.Dispose()
    }
    return $longest
}
