function Get-StateExitCode {
    <#
    .SYNOPSIS
        What a script is told of a comparison that is over: 0 where all mailboxes are in the state, 2 where one is not, 1
        where one could not be read.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param([Parameter(Mandatory = $true)] [psobject] $Run)

    if ($Run.Counts -match '"failed":[1-9]') { return 1 }
    # Rows that go to a file are counted there.
    $hasRows = $Run.RowCount -gt 0 -or $Run.Counts -match '"written":[1-9]'
    if ($hasRows) { return 2 }
    return 0
}
