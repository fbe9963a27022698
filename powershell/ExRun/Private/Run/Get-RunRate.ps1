# Over how long the rate of a run is taken, in milliseconds: short enough to say what is so now, and long enough for a
# service that lets requests through by the window.
$script:RateMs = 20000

function Get-RunRate {
    <#
    .SYNOPSIS
        How many mailboxes a run does a second, of late. Those of its journal, which come at once, do not count.
    #>
    [CmdletBinding()]
    [OutputType([double])]
    param(
        # The library's counts.
        [Parameter(Mandatory = $true)] [psobject] $State
    )

    [double] $fromMs = 0
    [double] $from = $State.recalled
    foreach ($point in $State.rates) {
        if ($point.atMs -gt $State.elapsedMs - $script:RateMs) { break }
        $fromMs = $point.atMs
        $from = [Math]::Max($from, $point.completed)
    }
    if ($State.elapsedMs -le $fromMs) { return 0 }
    return [Math]::Max(0, 1000 * ($State.completed - $from) / ($State.elapsedMs - $fromMs))
}
