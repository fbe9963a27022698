function Get-OwnConnection {
    <#
    .SYNOPSIS
        What this runspace connected: sessions by name, and names for which its last Connect-ExRun failed.
    .DESCRIPTION
        A runspace that is reset, as ForEach-Object -Parallel does before it is used for another item, begins anew: what
        an earlier item connected is not its own. A reset gives it another list $Error, and nothing else does.
    #>
    [CmdletBinding()]
    param()

    $runspace = [runspace]::DefaultRunspace
    $all = Get-RunspaceTable
    $own = $all[$runspace.Id]
    if ($null -ne $own -and [object]::ReferenceEquals($own.Life.Target, $global:Error)) { return $own }

    $own = [pscustomobject] @{
        Runspace    = $runspace
        Life        = [System.WeakReference]::new($global:Error)
        # By name: sessions, and in Failed the time of a Connect-ExRun that has not come to its end.
        Connections = @{}
        Failed      = @{}
        # Whose tenant each name was last, also after it was disconnected.
        Last        = @{}
        # Calls of Connect-ExRun that PowerShell refused before the last one that succeeded.
        Unbound     = @()
        # Grows with each change, so that a command sees that there was one since it began.
        Number      = 0
    }
    $all[$runspace.Id] = $own
    return $own
}
