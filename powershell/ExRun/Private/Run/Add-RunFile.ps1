function Add-RunFile {
    <#
    .SYNOPSIS
        Hands a file of input lines to a run's stream, and emits the rows that are ready meanwhile.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Run,
        # A file of JSON Lines.
        [Parameter(Mandatory = $true)] [string] $Path
    )

    # Not by ReadLines: foreach does not close what it has not read to its end.
    $reader = [System.IO.StreamReader]::new($Path)
    try {
        while ($null -ne ($line = $reader.ReadLine())) {
            if (-not $line.Trim()) { continue }
            [void] $Run.Buffer.Append($line).Append("`n")
            if ($Run.Buffer.Length -gt 8000) { Push-RunInput -Run $Run }
        }
    } finally {
        $reader.Dispose()
    }
    Push-RunInput -Run $Run
}
