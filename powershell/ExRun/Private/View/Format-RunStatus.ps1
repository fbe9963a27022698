function Format-RunStatus {
    <#
    .SYNOPSIS
        How far a run is, as its progress says it: how many are done and have failed, how quickly, and what holds it up.
    .DESCRIPTION
        What changes most comes first: a console cuts the end. While the tenant is listed nobody knows how many there are
        in all; dots that come and go show that it goes on.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        # The library's counts.
        [Parameter(Mandatory = $true)] [psobject] $State,
        # How many mailboxes are done a second.
        [Parameter(Mandatory = $true)] [double] $Rate,
        # How often it was said before.
        [Parameter(Mandatory = $true)] [long] $Count
    )

    $parts = [System.Collections.Generic.List[string]]::new()
    if ($State.listing) {
        $parts.Add(('{0:N0} done, {1:N0} found so far, still listing{2}' -f $State.completed, $State.listed, ('.' * (1 + $Count % 3)).PadRight(3)))
    } else {
        $parts.Add(('{0:N0} of {1:N0} mailboxes' -f $State.completed, $State.pushed))
    }
    $parts.Add(('{0:N0} failed' -f $State.failed))
    if ($Rate -ge 10) { $parts.Add(('{0:N0} a second' -f $Rate)) } elseif ($Rate -gt 0) { $parts.Add(('{0:N1} a second' -f $Rate)) }
    if ($null -ne $State.heldMs) {
        $parts.Add($(if ($State.heldMs -gt 0) { 'throttled for {0:N0} s' -f [Math]::Ceiling($State.heldMs / 1000) } else { 'throttled' }))
    }
    if ($State.retries -gt 0) { $parts.Add(('{0:N0} repeated' -f $State.retries)) }
    return $parts -join ', '
}
